//! Where does a number lie on an axis, and which numbers are written beside it?

/// From a lowest to a highest number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Scale {
    /// Where differences count.
    #[must_use]
    pub fn linear(low: f64, high: f64) -> Self {
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        Self { low, high, is_log: false }
    }

    /// Where ratios count.
    ///
    /// # Panics
    /// When an end is not positive.
    #[must_use]
    pub fn log(low: f64, high: f64) -> Self {
        assert!(low > 0.0 && high > 0.0, "positive ends expected, got {low} and {high}");
        let (low, high) = if low < high { (low, high) } else { (low / 2.0, low * 2.0) };
        Self { low, high, is_log: true }
    }

    /// A linear scale for these numbers, with a little room on both sides.
    #[must_use]
    pub fn around(numbers: impl IntoIterator<Item = f64>) -> Self {
        let finite = numbers.into_iter().filter(|x| x.is_finite());
        let (low, high) = finite
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            return Self::linear(0.0, 1.0);
        }
        let room = 0.04 * (high - low);
        Self::linear(low - room, high + room)
    }

    /// From 0 at the low end to 1 at the high one; `None` of what lies outside.
    #[must_use]
    pub fn place(&self, x: f64) -> Option<f64> {
        let place = if self.is_log {
            (x / self.low).ln() / (self.high / self.low).ln()
        } else {
            (x - self.low) / (self.high - self.low)
        };
        // What should lie at an end may have been rounded past it.
        (-1e-9..=1.0 + 1e-9).contains(&place).then(|| place.clamp(0.0, 1.0))
    }

    /// Round numbers, about so many, as they are written.
    #[must_use]
    pub fn ticks(&self, about: usize) -> Vec<(f64, String)> {
        let numbers = if self.is_log { self.log_ticks(about) } else { self.linear_ticks(about) };
        numbers.into_iter().map(|x| (x, written(x))).collect()
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    fn linear_ticks(&self, about: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / about.max(1) as f64;
        let power = 10.0_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough * 0.999);
        let step = step.unwrap_or(10.0) * power;
        let first = (self.low / step - 1e-9).ceil();
        let numbers = (0..=2 * about + 2).map(|n| (first + n as f64) * step);
        let numbers = numbers.take_while(|&x| x <= self.high + 1e-9 * step);
        // −0 is written like 0, and 0.30000000000000004 like 0.3.
        numbers.map(|x| if x.abs() < step / 2.0 { 0.0 } else { x }).collect()
    }

    /// Powers of ten, and 2 and 5 times those where there are few; every nth where there are many.
    fn log_ticks(&self, about: usize) -> Vec<f64> {
        let of = |factors: &[f64]| -> Vec<f64> {
            #[expect(clippy::cast_possible_truncation, reason = "an exponent of an f64 is small")]
            let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
            let numbers = (first..=last)
                .flat_map(|power| factors.iter().map(move |factor| factor * 10.0_f64.powi(power)));
            numbers.filter(|&x| self.place(x).is_some()).collect()
        };
        let candidates = [of(&[1.0, 2.0, 5.0]), of(&[1.0, 3.0]), of(&[1.0])];
        let fitting = candidates.iter().find(|numbers| numbers.len() <= about.max(2));
        if let Some(numbers) = fitting.filter(|numbers| numbers.len() >= 2) {
            return numbers.clone();
        }
        let tens = &candidates[2];
        if tens.len() < 2 {
            // Less than a factor of five or so: differences do as well.
            return Self { is_log: false, ..*self }.linear_ticks(about);
        }
        tens.iter().copied().step_by(tens.len().div_ceil(about.max(1))).collect()
    }
}

/// Short: six digits at most, no zeros at the end.
fn written(x: f64) -> String {
    if x != 0.0 && !(0.999e-4..1e6).contains(&x.abs()) {
        return format!("{x:.0e}");
    }
    let text = format!("{x:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn check(scale: Scale, about: usize, expected: &[&str]) {
        let ticks: Vec<String> = scale.ticks(about).into_iter().map(|(_, text)| text).collect();
        assert_eq!(ticks, expected, "{scale:?}");
    }

    #[test]
    fn ticks_are_round_numbers() {
        check(Scale::linear(0.0, 1.0), 4, &["0", "0.5", "1"]);
        check(Scale::linear(0.0, 1.0), 5, &["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        check(Scale::linear(0.0813, 0.1192), 4, &["0.09", "0.1", "0.11"]);
        check(Scale::linear(-3.0, 12.0), 4, &["0", "5", "10"]);
        check(Scale::log(0.01, 100.0), 6, &["0.01", "0.1", "1", "10", "100"]);
        check(Scale::log(16.0, 256.0), 6, &["20", "50", "100", "200"]);
        check(Scale::log(16.0, 256.0), 3, &["30", "100"]);
        check(Scale::log(1e-9, 1e9), 4, &["1e-9", "0.0001", "10", "1e6"]);
        check(Scale::log(4.0, 6.0), 3, &["4", "5", "6"]);
    }

    #[test]
    fn a_number_lies_where_its_scale_says() {
        let log = Scale::log(0.01, 100.0);
        assert!((log.place(1.0).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(
            [log.place(0.001), log.place(-1.0), log.place(0.0), log.place(f64::NAN)],
            [None; 4]
        );
        assert_eq!(Scale::linear(2.0, 4.0).place(3.0), Some(0.5));
    }

    #[test]
    fn one_number_has_room_around_it() {
        assert_eq!(Scale::around([3.0, 3.0]).place(3.0), Some(0.5));
        assert_eq!(Scale::around([]).place(0.5), Some(0.5));
        // Room is 0.04 of the width on each side: 0.04/1.08.
        assert!(
            (Scale::around([0.0, 1.0, f64::NAN]).place(0.0).unwrap() - 0.04 / 1.08).abs() < 1e-12
        );
    }
}
