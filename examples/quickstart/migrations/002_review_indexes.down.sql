drop index ix_plans_status_needs_review;
drop index ix_plans_last_reviewed_at;
drop index ix_plans_created_by;
