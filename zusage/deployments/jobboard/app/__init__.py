"""The job board's own application: jobs, accounts with their consents, résumés and releases, adverts, counts of pages."""

from zusage.deployments.jobboard.app.application import create_app

__all__ = ["create_app"]
