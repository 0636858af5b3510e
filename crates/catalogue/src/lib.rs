//! Guidelines as data: load them, decide which controls apply to a profile, tell two versions apart.
