"""The IT provider's own application: contact form, tickets of a customer, closing a case in accounting."""

from zusage.deployments.itservice.app.pages import create_app

__all__ = ["create_app"]
