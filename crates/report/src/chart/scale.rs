//! From values to places on the page, with round ticks.

/// A linear scale from a range of values to a range of places.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Maps `low..=high` to `from..=to`; an empty range is widened so that nothing divides by zero.
    pub(crate) fn new(values: (f64, f64), places: (f64, f64)) -> Self {
        let (low, high) =
            if values.1 - values.0 > f64::EPSILON { values } else { (values.0 - 0.5, values.0 + 0.5) };
        Self { low, high, from: places.0, to: places.1 }
    }

    /// A scale over all `values`, widened outwards to round ticks and cut to `limits`.
    pub(crate) fn around(values: impl Iterator<Item = f64>, limits: (f64, f64), places: (f64, f64)) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return Self::new((limits.0.max(0.0), limits.1.min(1.0)), places);
        }
        // A little air, so that nothing stands on the edge.
        let air = (high - low) * 0.04;
        let (low, high) = (low - air, high + air);
        let step = step((high - low).max(1e-9));
        let low = ((low / step).floor() * step).max(limits.0);
        let high = ((high / step).ceil() * step).min(limits.1);
        Self::new((low, high), places)
    }

    /// Where a value stands; values beyond the range stand at its end.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// The highest value shown.
    pub(crate) fn high(&self) -> f64 {
        self.high
    }

    /// About five round values within the range, and how many decimals they need.
    pub(crate) fn ticks(&self) -> (Vec<f64>, usize) {
        let step = step(self.high - self.low);
        let mut ticks = Vec::new();
        let mut index = (self.low / step - 1e-9).ceil();
        while index * step <= self.high + step * 1e-9 && ticks.len() < 12 {
            ticks.push(index * step);
            index += 1.0;
        }
        (ticks, decimals(step))
    }
}

/// The round distance (1, 2 or 5 times a power of ten) that gives about five ticks.
fn step(span: f64) -> f64 {
    let rough = span / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let factor = rough / power;
    let round = if factor <= 1.0 {
        1.0
    } else if factor <= 2.0 {
        2.0
    } else if factor <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

/// The decimals a step of this size needs.
fn decimals(step: f64) -> usize {
    (0..8)
        .find(|&places| {
            let scaled = step * 10f64.powi(places);
            (scaled - scaled.round()).abs() < 1e-6
        })
        .map_or(8, i32::unsigned_abs) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_range() {
        let scale = Scale::around([0.81, 0.873].into_iter(), (0.0, 1.0), (0.0, 100.0));
        let (ticks, decimals) = scale.ticks();
        assert_eq!(decimals, 2);
        assert!(ticks.iter().all(|&tick| tick >= scale.low - 1e-12 && tick <= scale.high + 1e-12));
        assert!((3..=8).contains(&ticks.len()), "{ticks:?}");
    }

    #[test]
    fn one_value_or_none_still_gives_a_scale() {
        assert!(Scale::around([0.5].into_iter(), (0.0, 1.0), (0.0, 100.0)).place(0.5).is_finite());
        assert!(Scale::around(std::iter::empty(), (0.0, 1.0), (0.0, 100.0)).place(0.5).is_finite());
    }
}
