//! The measuring engine: data to cube to metrics with intervals to outcomes.
