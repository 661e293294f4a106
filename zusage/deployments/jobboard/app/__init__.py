"""The job board's own application: jobs, an account page, applying, deleting a phone number, closing the account."""

from zusage.deployments.jobboard.app.pages import create_app

__all__ = ["create_app"]
