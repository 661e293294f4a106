"""The marketplace's own application: its website, and what people do there."""

from zusage.deployments.marketplace.app.application import create_app

__all__ = ["create_app"]
