"""What must be remembered to keep promises: consents, objections, restrictions, holds, contracts, disclosures, attestations.

Tables with functions over them; everybody may read, each is written by the room that owns the matter.
"""
