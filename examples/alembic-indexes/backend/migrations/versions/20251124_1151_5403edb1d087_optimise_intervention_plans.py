"""optimise intervention plans"""

from alembic import op

revision = "5403edb1d087"
down_revision = "3f2b7c9a41de"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_intervention_plans_status_needs_review": ["status", "needs_review"],
    "ix_intervention_plans_last_reviewed_at": ["last_reviewed_at"],
    "ix_intervention_plans_review_frequency": ["review_frequency"],
    "ix_intervention_plans_created_by_id": ["created_by_id"],
}


def upgrade() -> None:
    # CONCURRENTLY does not block writes, and cannot run inside a transaction.
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.create_index(name, "intervention_plans", columns, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in reversed(INDEXES):
            op.drop_index(name, "intervention_plans", postgresql_concurrently=True)
