"""The Merkle tree of RFC 6962 (RFC 9162): root, inclusion and consistency, over leaf hashes.

A leaf is hashed with the prefix 0x00 and a node with 0x01, so that neither can pass for the other. `Frontier` is the
tree's right edge: all that is needed to let it grow, and all that is kept of entries that have expired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

#: The root of the empty tree.
EMPTY = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || content)."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree (RFC 6962, 2.1.1). Raises `IndexError`."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"the tree has {len(leaves)} leaves, no leaf {index}")
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion(leaves[:middle], index), root(leaves[middle:])]
    return [*inclusion(leaves[middle:], index - middle), root(leaves[:middle])]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` of the tree with `size` leaves and root `expected`."""
    if not 0 <= index < size:
        return False
    at, last, seen = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            seen = node_hash(step, seen)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            seen = node_hash(seen, step)
        at, last = at >> 1, last >> 1
    return last == 0 and seen == expected


def consistency(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """The proof that the first `size` leaves are a prefix of the tree (RFC 6962, 2.1.2). Raises `IndexError`."""
    if not 0 < size <= len(leaves):
        raise IndexError(f"the tree has {len(leaves)} leaves, and no prefix of {size}")
    return _subproof(leaves, size, whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root(leaves)]
    middle = _split(len(leaves))
    if size <= middle:
        return [*_subproof(leaves[:middle], size, whole=whole), root(leaves[middle:])]
    return [*_subproof(leaves[middle:], size - middle, whole=False), root(leaves[:middle])]


def consistent(old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree (`size`, `new_root`) continues the tree (`old_size`, `old_root`)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


@dataclass(slots=True)
class Frontier:
    """The right edge of a tree of `size` leaves: the roots of its perfect subtrees, from left to right."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Let the tree grow by leaf hashes: floor by floor, each in one go."""
        # the peaks, by the height of their trees; each completes the first pair of its floor
        left = dict(zip(_heights(self.size), self.peaks, strict=True))
        peaks: list[bytes] = []
        self.size += len(leaves)
        floor, height = list(leaves), 0
        while floor or left:
            if (peak := left.pop(height, None)) is not None:
                floor.insert(0, peak)
            if len(floor) & 1:
                peaks.append(floor.pop())
            pairs = iter(floor)
            floor = [sha256(b"\x01" + one + two).digest() for one, two in zip(pairs, pairs, strict=True)]
            height += 1
        self.peaks = peaks[::-1]

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY
        seen = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            seen = node_hash(peak, seen)
        return seen

    def pack(self) -> bytes:
        """The peaks, one after the other; how many there are follows from `size`."""
        return b"".join(self.peaks)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """Undo `pack`. Raises `ValueError` if the number of peaks does not fit `size`."""
        if len(packed) != 32 * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")
        return cls(size, [packed[start : start + 32] for start in range(0, len(packed), 32)])


def _heights(size: int) -> Iterable[int]:
    """The heights of the perfect subtrees of a tree of `size` leaves, from left to right."""
    return (height for height in range(size.bit_length() - 1, -1, -1) if size >> height & 1)
