create table plans (
  id bigint generated always as identity primary key,
  title text not null,
  status text not null,
  needs_review boolean not null default false,
  last_reviewed_at timestamptz,
  created_by bigint
);
insert into plans (title, status, needs_review, last_reviewed_at, created_by)
select 'plan ' || n, (array['open', 'closed', 'draft'])[1 + n % 3], n % 7 = 0, now() - n * interval '1 minute', n % 50
from generate_series(1, 20000) as n;
