"""Plan files: one door for whatever a planner made, and for the folder in which a server's plans lie."""

from wijktwin.sources.plans.folder import plan_paths, read_plan_folder
from wijktwin.sources.plans.formats import PLAN_LIMITS, Companions, PlanFormat
from wijktwin.sources.plans.reading import published, read_plan, read_uploaded_plan
from wijktwin.sources.plans.schema import plan_schema

__all__ = [
    "PLAN_LIMITS", "Companions", "PlanFormat", "plan_paths", "plan_schema", "published", "read_plan", "read_plan_folder",
    "read_uploaded_plan",
]  # fmt: skip
