"""The banner: made from the declaration, rendered by the server, obeyed by the browser."""

from zusage.keepers.consent.banner.assets import Asset, Assets, build_assets
from zusage.keepers.consent.banner.events import ConsentEvent, EventRefused, is_same_origin, validate_event
from zusage.keepers.consent.banner.forms import choice_from_form
from zusage.keepers.consent.banner.mapping import spec_from
from zusage.keepers.consent.banner.pieces import render_pieces
from zusage.keepers.consent.banner.policies import content_security_policy
from zusage.keepers.consent.banner.rendering import (
    render_embed,
    render_first_layer,
    render_footer_link,
    render_settings,
)
from zusage.keepers.consent.banner.spec import BannerSpec, Item, Purpose, Service, Vendor

__all__ = [
    "Asset",
    "Assets",
    "BannerSpec",
    "ConsentEvent",
    "EventRefused",
    "Item",
    "Purpose",
    "Service",
    "Vendor",
    "build_assets",
    "choice_from_form",
    "content_security_policy",
    "is_same_origin",
    "render_embed",
    "render_first_layer",
    "render_footer_link",
    "render_pieces",
    "render_settings",
    "spec_from",
    "validate_event",
]
