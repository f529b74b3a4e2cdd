//! Operations on vectors as source text: functions of operands and results.

/// The text of the function of this name, and of what it calls.
pub(super) fn source(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "sum" => &[SUM],
        "dot" => &[DOT],
        "squared_norm" => &[SQUARED_NORM],
        "norm" => &[NORM],
        "log_sum_exp" => &[LOG_SUM_EXP],
        "softmax" => &[SOFTMAX],
        "maximum" => &[PLACE, MAXIMUM],
        "minimum" => &[PLACE, MINIMUM],
        "scatter_to_extremum" => &[PLACE, SCATTER],
        "select_at_extremum" => &[PLACE, SELECT],
        _ => return None,
    })
}

const SUM: &str = "    fn sum(x: &[f64], y: &mut [f64]) {
        y[0] = x.iter().fold(0.0, |sum, x| sum + x);
    }
";

const DOT: &str = "    fn dot(x: &[f64], y: &mut [f64]) {
        let (a, b) = x.split_at(x.len() / 2);
        y[0] = a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b);
    }
";

const SQUARED_NORM: &str = "    fn squared_norm(x: &[f64], y: &mut [f64]) {
        y[0] = x.iter().fold(0.0, |sum, x| sum + x * x);
    }
";

const NORM: &str = "    fn norm(x: &[f64], y: &mut [f64]) {
        let squares = x.iter().fold(0.0, |sum, x| sum + x * x);
        let largest = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        y[0] = if (1e-250..1e300).contains(&squares) {
            squares.sqrt()
        } else if largest == 0.0 || squares.is_nan() {
            squares
        } else if largest.is_infinite() {
            f64::INFINITY
        } else {
            x.iter().fold(0.0, |sum, x| sum + (x / largest) * (x / largest)).sqrt() * largest
        };
    }
";

const LOG_SUM_EXP: &str = "    fn log_sum_exp(x: &[f64], y: &mut [f64]) {
        let largest = x.iter().fold(f64::NEG_INFINITY, |m: f64, &x| m.max(x));
        let shift = if largest.is_finite() { largest } else { 0.0 };
        y[0] = x.iter().fold(0.0, |sum, x| sum + (x - shift).exp()).ln() + shift;
    }
";

const SOFTMAX: &str = "    fn softmax(x: &[f64], y: &mut [f64]) {
        let largest = x.iter().fold(f64::NEG_INFINITY, |m: f64, &x| m.max(x));
        y.iter_mut().zip(x).for_each(|(y, x)| *y = (x - largest).exp());
        let sum = y.iter().fold(0.0, |sum, y| sum + y);
        y.iter_mut().for_each(|y| *y /= sum);
    }
";

const PLACE: &str = "    fn place_of_extremum(which: usize, x: &[f64]) -> Option<usize> {
        let mut place: Option<usize> = None;
        for (k, &new) in x.iter().enumerate() {
            let preferred = match place.map(|place| x[place]) {
                None => true,
                Some(old) if old.is_nan() => false,
                Some(old) => new.is_nan() || if which == 0 { new < old } else { new > old },
            };
            place = if preferred { Some(k) } else { place };
        }
        place
    }
";

const MAXIMUM: &str = "    fn maximum(x: &[f64], y: &mut [f64]) {
        y[0] = place_of_extremum(1, x).map_or(f64::NEG_INFINITY, |place| x[place]);
    }
";

const MINIMUM: &str = "    fn minimum(x: &[f64], y: &mut [f64]) {
        y[0] = place_of_extremum(0, x).map_or(f64::INFINITY, |place| x[place]);
    }
";

const SCATTER: &str = "    fn scatter_to_extremum(which: usize, x: &[f64], y: &mut [f64]) {
        let (x, g) = x.split_at(x.len() - 1);
        if let Some(place) = place_of_extremum(which, x) {
            y[place] = g[0];
        }
    }
";

const SELECT: &str = "    fn select_at_extremum(which: usize, x: &[f64], y: &mut [f64]) {
        let (x, g) = x.split_at(x.len() / 2);
        y[0] = place_of_extremum(which, x).map_or(0.0, |place| g[place]);
    }
";
