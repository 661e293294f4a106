"""The messaging platform's own application: website, demo requests, sign-in with areas, news by e-mail."""

from zusage.deployments.messaging.app.application import create_app

__all__ = ["create_app"]
