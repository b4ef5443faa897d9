"""Where the scene in the browser fetches what is around a walker, and what a text about the picture can name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from layers import surroundings
from layers.prepared import JSON, Prepared
from ui.geometry_store import STORE, GeometryStore
from ui.scene.preparing import PIECES, Pieces
from wijktwin.errors import Language
from wijktwin.model.neighbourhood import Neighbourhood
from wijktwin.model.plan import Plan
from wijktwin.model.scenario import Scenario


def scene_around(
    scenarios: Sequence[Scenario],
    prepared: Prepared,
    names: Mapping[str, str],
    *,
    language: Language,
    store: GeometryStore = STORE,
    pieces: Pieces = PIECES,
) -> dict[str, Any]:
    """Addresses for the neighbourhood and for every plan that is on in some picture, with what each plan is called.

    Parameters
    ----------
    names
        What plans are called and whose they are, by id; their title where left out.
    """
    neighbourhood = scenarios[0].neighbourhood
    plans = {plan.plan_id: plan for found in scenarios for plan in found.ordered_plans}
    return {
        "inView": pieces(("in view", neighbourhood.key), partial(_put, surroundings.in_view_data, neighbourhood, prepared, store)),
        "walk": pieces(("walk", neighbourhood.key), partial(_put, surroundings.walk_data, neighbourhood, prepared, store)),
        "plans": {
            plan_id: {
                "name": names.get(plan_id) or plan.title.in_language(language),
                "data": pieces(
                    ("plan around", neighbourhood.key, plan.content_key, plan.published_by_server),
                    partial(_put_plan, plan, neighbourhood, prepared, store),
                ),
            }
            for plan_id, plan in plans.items()
        },
    }


def _put(
    make: Callable[[Neighbourhood, Prepared], dict[str, Any]], neighbourhood: Neighbourhood, prepared: Prepared, store: GeometryStore
) -> str:
    return store.put(orjson.dumps(make(neighbourhood, prepared)), JSON)


def _put_plan(plan: Plan, neighbourhood: Neighbourhood, prepared: Prepared, store: GeometryStore) -> str:
    publish = store.put if plan.published_by_server else store.put_private
    return publish(orjson.dumps(surroundings.plan_data(plan, neighbourhood, prepared)), JSON)
