"""The ad server's own application: public pages, the customer account, adverts, trials of pages, and product information."""

from zusage.deployments.adserver.app.application import create_app

__all__ = ["create_app"]
