"""Five example controllers on synthetic data: what `zusage demo` shows and what the promises are tested on."""

from zusage.deployments.creating import create
from zusage.deployments.registry import NAMES, Deployment, deployment

__all__ = ["NAMES", "Deployment", "create", "deployment"]
