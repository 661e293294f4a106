"""The IT provider's own applications: website, customer portal, hotline, hiring, service desk."""

from zusage.deployments.itservice.app.application import create_app

__all__ = ["create_app"]
