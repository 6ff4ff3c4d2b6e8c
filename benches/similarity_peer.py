"""Measures RapidFuzz, whose core is C++, on the pairs that the bench `similarity` left behind.

    cargo bench -p keystone-benches --bench similarity
    python benches/similarity_peer.py [target/similarity/pairs.json]

Needs `pip install rapidfuzz`. Like the bench it counts the best of nine rounds. Compare ratios
of runs that follow each other on a machine with nothing else to do.
"""

import json
import pathlib
import sys
import time

from rapidfuzz.distance import Levenshtein

DEFAULT = pathlib.Path(__file__).parent.parent / "target" / "similarity" / "pairs.json"
ROUNDS, SECONDS = 9, 0.06


def rate(pairs):
    similarity = Levenshtein.normalized_similarity
    best = 0.0
    for _ in range(ROUNDS):
        calls, begun = 0, time.perf_counter()
        while calls == 0 or time.perf_counter() - begun < SECONDS:
            for a, b in pairs:
                similarity(a, b)
            calls += len(pairs)
        best = max(best, calls / (time.perf_counter() - begun))
    return best


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not path.exists():
        sys.exit(f"{path} is missing: run `cargo bench -p keystone-benches --bench similarity` first")
    print("script      characters   keystone/s  rapidfuzz/s    ratio")
    for row in json.loads(path.read_text(encoding="utf-8")):
        peer = rate(row["pairs"])
        ratio = row["keystone"] / peer
        print(f"{row['script']:<10} {row['length']:>11} {row['keystone']:>12.1f} {peer:>12.1f} {ratio:>8.2f}")


if __name__ == "__main__":
    main()
