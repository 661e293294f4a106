"""RFC 6962: the tree against its definition, written down naively, and against the published test vectors."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.ledger.merkle import (
    EMPTY,
    Frontier,
    consistency,
    consistent,
    included,
    inclusion,
    leaf_hash,
    root,
)

#: the inputs of Certificate Transparency's own reference tests, and the roots of their prefixes
_INPUTS = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58)),
           bytes(range(0x60, 0x70))]  # fmt: skip
_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaves_ = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=40)


def _by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01" + _by_definition(leaves[:middle]) + _by_definition(leaves[middle:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert root([leaf_hash(each) for each in _INPUTS[:size]]).hex() == _ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert root([]) == EMPTY == sha256(b"").digest()


@given(leaves_)
def test_the_root_is_the_defined_one(leaves: list[bytes]) -> None:
    assert root(leaves) == _by_definition(leaves)


@given(leaves_, st.data())
def test_inclusion_holds_for_its_leaf_and_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, top = inclusion(leaves, index), root(leaves)
    assert included(leaves[index], index, len(leaves), proof, top)
    assert not included(leaf_hash(b"another"), index, len(leaves), proof, top)
    other = data.draw(st.integers(0, len(leaves) - 1))
    if leaves[other] != leaves[index]:
        assert not included(leaves[other], other, len(leaves), proof, top)
    if proof:
        assert not included(leaves[index], index, len(leaves), proof[:-1], top)
    assert not included(leaves[index], index, len(leaves), [*proof, top], top)


@given(leaves_, st.data())
def test_consistency_holds_for_its_prefix_alone(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    proof, old, new = consistency(leaves, size), root(leaves[:size]), root(leaves)
    assert consistent(size, old, len(leaves), new, proof)
    changed = [leaf_hash(b"another"), *leaves[1:size]]
    assert not consistent(size, root(changed), len(leaves), new, proof)
    assert not consistent(size, old, len(leaves), root([*leaves, EMPTY]), proof)
    assert not consistent(size, old, len(leaves), new, [*proof, EMPTY])


@given(leaves_, st.data())
def test_the_frontier_grows_in_any_pieces(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    first = Frontier()
    first.extend(leaves[:cut])
    later = Frontier.unpack(first.size, first.pack())
    later.extend(leaves[cut:])
    assert (later.size, later.root()) == (len(leaves), root(leaves))


def test_bad_places_and_packed_edges_are_refused() -> None:
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    for index in (2, -1):
        with pytest.raises(IndexError):
            inclusion(leaves, index)
    for size in (0, 3):
        with pytest.raises(IndexError):
            consistency(leaves, size)
    with pytest.raises(ValueError, match="2 peaks"):
        Frontier.unpack(3, b"\0" * 32)
