//! The test problems of J. J. Moré, B. S. Garbow and K. E. Hillstrom, *Testing unconstrained
//! optimization software*, ACM Transactions on Mathematical Software 7 (1981): 42 instances, each
//! a generic function $f(x) = \sum_i r_i(x)^2$.
//!
//! Starts and minima are in `golden/more_garbow_hillstrom.json`; for the instances that are not
//! there, start and minimal value are those of the paper and are listed in [`OTHERS`].

use calculus_core::{Objective, Real};
use serde_json::Value;

/// A problem by its identifier, for example `"mgh01"` or `"mgh20_n6"`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mgh {
    number: u32,
    m: usize,
}

/// A problem with its start and the values of its minima.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) function: Mgh,
    pub(crate) start: Vec<f64>,
    /// $f$ and $\lVert \nabla f \rVert_\infty$ at the start, where they are known.
    pub(crate) at_start: Option<(f64, f64)>,
    /// The values of global and local minima.
    pub(crate) minima: Vec<f64>,
}

impl Instance {
    /// Whether a value is that of one of the minima, global or local, to the digits that are known.
    pub(crate) fn is_solved_by(&self, value: f64) -> bool {
        let digits = if self.at_start.is_some() { 1e-8 } else { 2e-6 };
        self.minima.iter().any(|m| (value - m).abs() <= digits * m.abs() + 1e-10)
    }
}

/// The 34 instances of the file.
pub(crate) fn instances() -> Vec<Instance> {
    let golden: Value =
        serde_json::from_str(include_str!("../golden/more_garbow_hillstrom.json")).unwrap();
    let number = |v: &Value| v.as_f64().unwrap();
    let instance = |p: &Value| Instance {
        id: p["id"].as_str().unwrap().into(),
        number: p["number"].as_u64().unwrap() as u32,
        function: Mgh { number: number(&p["number"]) as u32, m: number(&p["m"]) as usize },
        start: p["start"].as_array().unwrap().iter().map(number).collect(),
        at_start: Some((number(&p["f_start"]), number(&p["grad_inf_start"]))),
        minima: p["minima"].as_array().unwrap().iter().filter_map(|m| m["f"].as_f64()).collect(),
    };
    golden["problems"].as_array().unwrap().iter().map(instance).collect()
}

/// Identifier, number, $m$, start and minimal values.
type Other = (&'static str, u32, usize, &'static [f64], &'static [f64]);

/// The instances that the file does not hold, with the digits that the paper prints.
#[rustfmt::skip]
const OTHERS: [Other; 8] = [
    ("mgh09", 9, 15, &[0.4, 1.0, 0.0], &[1.12793e-8]),
    ("mgh11", 11, 99, &[5.0, 2.5, 0.15], &[0.0]),
    ("mgh16", 16, 20, &[25.0, 5.0, -5.0, -1.0], &[85822.2016]),
    ("mgh19", 19, 65, &[1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5], &[4.01377e-2]),
    ("mgh24_n10", 24, 20, &[0.5; 10], &[2.93660e-4]),
    ("mgh27_n10", 27, 10, &[0.5; 10], &[0.0, 1.0]),
    ("mgh30_n10", 30, 10, &[-1.0; 10], &[0.0]),
    ("mgh35_n9", 35, 9, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], &[0.0]),
];

/// The 8 instances that the file does not hold.
pub(crate) fn others() -> Vec<Instance> {
    let instance = |&(id, number, m, start, minima): &Other| Instance {
        id: id.into(),
        number,
        function: Mgh { number, m },
        start: start.to_vec(),
        at_start: None,
        minima: minima.to_vec(),
    };
    OTHERS.iter().map(instance).collect()
}

const BARD: [f64; 15] =
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39];
const GAUSS: [f64; 8] = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989];
const MEYER: [f64; 16] = [
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0,
    5147.0, 4427.0, 3820.0, 3307.0, 2872.0,
];
const KOWALIK_Y: [f64; 11] =
    [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const KOWALIK_U: [f64; 11] = [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const OSBORNE1: [f64; 33] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
];
const OSBORNE2: [f64; 65] = [
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
    0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
    0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
    0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
    0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];

fn squares<T: Real>(residuals: impl IntoIterator<Item = T>) -> T {
    residuals.into_iter().map(|r| r * r).sum()
}

impl Objective for Mgh {
    fn value<T: Real>(&self, x: &[T]) -> T {
        let (n, m) = (x.len(), self.m);
        match self.number {
            1 | 21 => squares(x.chunks(2).flat_map(|x| [10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]])),
            2 => squares([
                -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1],
                -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1],
            ]),
            3 => squares([1e4 * x[0] * x[1] - 1.0, (-x[0]).exp() + (-x[1]).exp() - 1.0001]),
            4 => squares([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2.0]),
            5 => squares(
                [1.5, 2.25, 2.625].iter().zip(1..).map(|(&y, i)| y - x[0] * (1.0 - x[1].powi(i))),
            ),
            6 => squares((1..=10).map(|i| {
                let i = f64::from(i);
                2.0 + 2.0 * i - ((i * x[0]).exp() + (i * x[1]).exp())
            })),
            7 => helical_valley(x),
            8 => squares(BARD.iter().zip(1..).map(|(&y, u)| {
                let (u, v) = (f64::from(u), f64::from(16 - u));
                y - (x[0] + u / (v * x[1] + u.min(v) * x[2]))
            })),
            9 => squares((1..=15).map(|i: i32| {
                let t = f64::from(8 - i) / 2.0;
                let y = GAUSS[if i <= 8 { i - 1 } else { 15 - i } as usize];
                x[0] * (-x[1] * (t - x[2]).powi(2) / 2.0).exp() - y
            })),
            10 => squares(MEYER.iter().zip(1..).map(|(&y, i)| {
                let t = f64::from(45 + 5 * i);
                x[0] * (x[1] / (t + x[2])).exp() - y
            })),
            11 => squares((1..=m).map(|i| {
                let t = i as f64 / 100.0;
                let y = 25.0 + (-50.0 * t.ln()).powf(2.0 / 3.0);
                (-((y - x[1]).abs().ln() * x[2]).exp() / x[0]).exp() - t
            })),
            12 => squares((1..=m).map(|i| {
                let t = i as f64 / 10.0;
                (-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10.0 * t).exp())
            })),
            13 | 22 => squares(x.chunks(4).flat_map(|x| {
                [
                    x[0] + 10.0 * x[1],
                    5.0_f64.sqrt() * (x[2] - x[3]),
                    (x[1] - 2.0 * x[2]).powi(2),
                    10.0_f64.sqrt() * (x[0] - x[3]).powi(2),
                ]
            })),
            14 => squares([
                10.0 * (x[1] - x[0] * x[0]),
                1.0 - x[0],
                90.0_f64.sqrt() * (x[3] - x[2] * x[2]),
                1.0 - x[2],
                10.0_f64.sqrt() * (x[1] + x[3] - 2.0),
                (x[1] - x[3]) / 10.0_f64.sqrt(),
            ]),
            15 => squares(
                KOWALIK_Y
                    .iter()
                    .zip(&KOWALIK_U)
                    .map(|(&y, &u)| y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])),
            ),
            16 => squares((1..=m).map(|i| {
                let t = i as f64 / 5.0;
                let (a, b) = (x[0] + t * x[1] - t.exp(), x[2] + t.sin() * x[3] - t.cos());
                a * a + b * b
            })),
            17 => squares(OSBORNE1.iter().zip(0..).map(|(&y, i)| {
                let t = f64::from(10 * i);
                y - (x[0] + x[1] * (-t * x[3]).exp() + x[2] * (-t * x[4]).exp())
            })),
            18 => squares((1..=m).map(|i| {
                let t = i as f64 / 10.0;
                let y = (-t).exp() - 5.0 * (-10.0 * t).exp() + 3.0 * (-4.0 * t).exp();
                x[2] * (-t * x[0]).exp() - x[3] * (-t * x[1]).exp() + x[5] * (-t * x[4]).exp() - y
            })),
            19 => squares(OSBORNE2.iter().zip(0..).map(|(&y, i)| {
                let t = f64::from(i) / 10.0;
                let bump = |k: usize| x[k] * (-x[k + 4] * (t - x[k + 7]).powi(2)).exp();
                y - (x[0] * (-t * x[4]).exp() + bump_sum(bump))
            })),
            20 => watson(x),
            23 => {
                let small = squares(x.iter().map(|&x| x - 1.0)) * 1e-5;
                let r = squares(x.iter().copied()) - 0.25;
                small + r * r
            }
            24 => penalty_two(x),
            25 => {
                let s: T = x.iter().zip(1..).map(|(&x, j)| f64::from(j) * (x - 1.0)).sum();
                squares(x.iter().map(|&x| x - 1.0)) + s * s + s.powi(4)
            }
            26 => {
                let cosines: T = x.iter().map(|&x| x.cos()).sum();
                squares(
                    x.iter().zip(1..).map(|(&x, i)| {
                        n as f64 - cosines + f64::from(i) * (1.0 - x.cos()) - x.sin()
                    }),
                )
            }
            27 => {
                let sum: T = x.iter().copied().sum();
                let product = x.iter().fold(T::from(1.0), |p, &x| p * x) - 1.0;
                squares(x[..n - 1].iter().map(|&x| x + sum - (n as f64 + 1.0))) + product * product
            }
            28 => {
                let h = 1.0 / (n as f64 + 1.0);
                let at = |i: usize| if i == 0 || i > n { T::from(0.0) } else { x[i - 1] };
                squares((1..=n).map(|i| {
                    let t = i as f64 * h;
                    2.0 * at(i) - at(i - 1) - at(i + 1) + h * h * (at(i) + t + 1.0).powi(3) / 2.0
                }))
            }
            29 => {
                let h = 1.0 / (n as f64 + 1.0);
                let t = |j: usize| (j + 1) as f64 * h;
                let cubes: Vec<T> = (0..n).map(|j| (x[j] + t(j) + 1.0).powi(3)).collect();
                squares((0..n).map(|i| {
                    let left: T = (0..=i).map(|j| t(j) * cubes[j]).sum();
                    let right: T = (i + 1..n).map(|j| (1.0 - t(j)) * cubes[j]).sum();
                    x[i] + h / 2.0 * ((1.0 - t(i)) * left + t(i) * right)
                }))
            }
            30 => {
                let at = |i: usize| if i == 0 || i > n { T::from(0.0) } else { x[i - 1] };
                squares(
                    (1..=n)
                        .map(|i| (3.0 - 2.0 * at(i)) * at(i) - at(i - 1) - 2.0 * at(i + 1) + 1.0),
                )
            }
            31 => squares((0..n).map(|i| {
                let band = (i.saturating_sub(5)..(i + 2).min(n)).filter(|&j| j != i);
                x[i] * (2.0 + 5.0 * x[i] * x[i]) + 1.0
                    - band.map(|j| x[j] * (1.0 + x[j])).sum::<T>()
            })),
            32 => {
                let mean = x.iter().copied().sum::<T>() * (2.0 / m as f64);
                let tail = (m - n) as f64;
                squares(x.iter().map(|&x| x - mean - 1.0)) + tail * (mean + 1.0).powi(2)
            }
            33 => {
                let sum: T = x.iter().zip(1..).map(|(&x, j)| f64::from(j) * x).sum();
                squares((1..=m).map(|i| i as f64 * sum - 1.0))
            }
            34 => {
                let sum: T = (2..n).map(|j| j as f64 * x[j - 1]).sum();
                2.0 + squares((2..m).map(|i| (i as f64 - 1.0) * sum - 1.0))
            }
            35 => chebyquad(x),
            number => panic!("there is no problem {number}"),
        }
    }
}

fn bump_sum<T: Real>(bump: impl Fn(usize) -> T) -> T {
    bump(1) + bump(2) + bump(3)
}

fn helical_valley<T: Real>(x: &[T]) -> T {
    let turn = (x[1] / x[0]).atan() / (2.0 * core::f64::consts::PI);
    let theta = if x[0] < 0.0 { turn + 0.5 } else { turn };
    let radius = (x[0] * x[0] + x[1] * x[1]).sqrt();
    squares([10.0 * (x[2] - 10.0 * theta), 10.0 * (radius - 1.0), x[2]])
}

fn watson<T: Real>(x: &[T]) -> T {
    let residuals = (1..=29).map(|i| {
        let t = f64::from(i) / 29.0;
        let (mut derivative, mut value) = (T::from(0.0), T::from(0.0));
        let mut power = 1.0;
        for j in 0..x.len() {
            value += power * x[j];
            if j + 1 < x.len() {
                derivative += (j as f64 + 1.0) * power * x[j + 1];
            }
            power *= t;
        }
        derivative - value * value - 1.0
    });
    squares(residuals) + squares([x[0], x[1] - x[0] * x[0] - 1.0])
}

fn penalty_two<T: Real>(x: &[T]) -> T {
    let n = x.len();
    let first = x[0] - 0.2;
    let pairs = squares((2..=n).map(|i| {
        let y = (i as f64 / 10.0).exp() + ((i - 1) as f64 / 10.0).exp();
        (x[i - 1] / 10.0).exp() + (x[i - 2] / 10.0).exp() - y
    }));
    let tails = squares((1..n).map(|i| (x[i] / 10.0).exp() - (-0.1_f64).exp()));
    let weighted: T = x.iter().enumerate().map(|(j, &x)| (n - j) as f64 * x * x).sum();
    let last = weighted - 1.0;
    first * first + 1e-5 * (pairs + tails) + last * last
}

fn chebyquad<T: Real>(x: &[T]) -> T {
    let n = x.len();
    let mut sums = vec![T::from(0.0); n];
    for &x in x {
        let argument = 2.0 * x - 1.0;
        let (mut previous, mut current) = (T::from(1.0), argument);
        for sum in &mut sums {
            *sum += current;
            (previous, current) = (current, 2.0 * argument * current - previous);
        }
    }
    squares(sums.iter().zip(1..).map(|(&sum, i)| {
        let integral = if i % 2 == 0 { -1.0 / (f64::from(i * i) - 1.0) } else { 0.0 };
        sum / n as f64 - integral
    }))
}
