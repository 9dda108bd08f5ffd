create index ix_plans_status_needs_review on plans (status, needs_review);
create index ix_plans_last_reviewed_at on plans (last_reviewed_at);
create index ix_plans_created_by on plans (created_by);
analyze plans;
