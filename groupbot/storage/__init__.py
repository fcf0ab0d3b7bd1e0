"""SQLAlchemy tables and the repositories behind every feature's port; the only importer of sqlalchemy and alembic."""
