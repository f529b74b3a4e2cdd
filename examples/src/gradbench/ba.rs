//! `ba`: bundle adjustment, with a sparse Jacobian.

use autodiff::{Dual, derivative};
use calculus_core::Real;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, check_length, decode};
use super::timing::{Answer, Timer};

/// Parameters of a camera: rotation, centre, focal length, principal point, radial distortion.
const CAMERA: usize = 11;
/// Coordinates of a point.
const POINT: usize = 3;
/// What a reprojection depends on: a camera, a point, a weight.
const BLOCK: usize = CAMERA + POINT + 1;
/// The entries of each list that are transmitted, apart from the last.
const EXCERPT: usize = 30;

#[derive(Deserialize)]
struct Input {
    n: usize,
    m: usize,
    p: usize,
    cam: Vec<f64>,
    x: Vec<f64>,
    w: f64,
    feat: Vec<f64>,
}

#[derive(Serialize)]
struct Residuals {
    reproj_error: Repeated<[f64; 2]>,
    w_err: RepeatedNumber,
}

#[derive(Serialize)]
struct Repeated<T> {
    elements: T,
    repeated: usize,
}

#[derive(Serialize)]
struct RepeatedNumber {
    element: f64,
    repeated: usize,
}

/// A sparse matrix stored row by row: where each row starts, and the column and value of each entry.
#[derive(Clone, Default, Serialize)]
struct SparseMatrix {
    rows: Vec<usize>,
    cols: Vec<usize>,
    vals: Vec<f64>,
}

/// Cameras, points, weights, and which camera saw which point where.
struct Scene {
    cameras: Vec<f64>,
    points: Vec<f64>,
    weights: Vec<f64>,
    features: Vec<[f64; 2]>,
    observations: Vec<(usize, usize)>,
}

/// The vector turned about an axis by its length as an angle (Rodrigues, 1840).
fn rotate<T: Real>(axis: [T; 3], v: [T; 3]) -> [T; 3] {
    let squared = dot(axis, axis);
    if squared != 0.0 {
        let angle = squared.sqrt();
        let (sin, cos) = angle.sin_cos();
        let a = axis.map(|a| a / angle);
        let turned = cross(a, v);
        let along = dot(a, v) * (1.0 - cos);
        [0, 1, 2].map(|i| v[i] * cos + turned[i] * sin + a[i] * along)
    } else {
        let turned = cross(axis, v);
        [0, 1, 2].map(|i| v[i] + turned[i])
    }
}

fn dot<T: Real>(a: [T; 3], b: [T; 3]) -> T {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross<T: Real>(a: [T; 3], b: [T; 3]) -> [T; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The weighted distance of a point as the camera shows it from where it was seen.
///
/// `block` is the camera, the point and the weight.
fn reprojection<T: Real>(block: &[T], feature: [f64; 2]) -> [T; 2] {
    let (camera, rest) = block.split_at(CAMERA);
    let (point, weight) = rest.split_at(POINT);
    let seen = rotate(
        [camera[0], camera[1], camera[2]],
        [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]],
    );
    let (focal, principal, distortion) = (camera[6], &camera[7..9], &camera[9..11]);
    let image = [seen[0] / seen[2], seen[1] / seen[2]];
    let squared = image[0] * image[0] + image[1] * image[1];
    let radial = 1.0 + distortion[0] * squared + distortion[1] * squared * squared;
    [0, 1].map(|i| weight[0] * (image[i] * radial * focal + principal[i] - feature[i]))
}

/// $1 - w^2$
fn weight_residual<T: Real>(weight: T) -> T {
    1.0 - weight * weight
}

impl Scene {
    /// What the reprojection of an observation depends on.
    fn block(&self, observation: usize) -> [f64; BLOCK] {
        let (camera, point) = self.observations[observation];
        let mut block = [0.0; BLOCK];
        block[..CAMERA].copy_from_slice(&self.cameras[camera * CAMERA..][..CAMERA]);
        block[CAMERA..][..POINT].copy_from_slice(&self.points[point * POINT..][..POINT]);
        block[BLOCK - 1] = self.weights[observation];
        block
    }

    /// The residuals of all observations, and of all weights.
    fn residuals(&self, errors: &mut Vec<[f64; 2]>, weights: &mut Vec<f64>) {
        errors.clear();
        weights.clear();
        errors.extend(
            (0..self.observations.len()).map(|i| reprojection(&self.block(i), self.features[i])),
        );
        weights.extend(self.weights.iter().map(|&w| weight_residual(w)));
    }

    /// The Jacobian: two rows for each observation, then a row for each weight.
    fn jacobian(&self, jacobian: &mut SparseMatrix) {
        let SparseMatrix { rows, cols, vals } = jacobian;
        rows.clear();
        cols.clear();
        vals.clear();
        rows.push(0);
        let first_weight = self.cameras.len() + self.points.len();
        for (i, &(camera, point)) in self.observations.iter().enumerate() {
            let block = self.block(i);
            let variables: [Dual<f64, BLOCK>; BLOCK] =
                std::array::from_fn(|j| Dual::variable(block[j], j));
            for error in reprojection(&variables, self.features[i]) {
                cols.extend(camera * CAMERA..(camera + 1) * CAMERA);
                let first_point = self.cameras.len() + point * POINT;
                cols.extend(first_point..first_point + POINT);
                cols.push(first_weight + i);
                vals.extend(error.tangent());
                rows.push(cols.len());
            }
        }
        for (i, &w) in self.weights.iter().enumerate() {
            cols.push(first_weight + i);
            vals.push(derivative(weight_residual, w));
            rows.push(cols.len());
        }
    }
}

/// The first entries and the last one.
fn excerpt<T: Copy>(list: &[T]) -> Vec<T> {
    list.iter().take(EXCERPT).chain(list.last()).copied().collect()
}

/// The functions `objective` and `jacobian`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let fields: Input = decode(input)?;
    let scene = fields.expand()?;
    let mut timer = Timer::new(input)?;
    let repeated = scene.observations.len();
    match function {
        "objective" => {
            let (mut errors, mut weights) = (Vec::new(), Vec::new());
            timer.evaluate(|| scene.residuals(&mut errors, &mut weights));
            timer.answer(&Residuals {
                reproj_error: Repeated { elements: errors[0], repeated },
                w_err: RepeatedNumber { element: weights[0], repeated },
            })
        }
        "jacobian" => {
            let mut jacobian = SparseMatrix::default();
            timer.evaluate(|| scene.jacobian(&mut jacobian));
            let SparseMatrix { rows, cols, vals } = &jacobian;
            timer.answer(&SparseMatrix {
                rows: excerpt(rows),
                cols: excerpt(cols),
                vals: excerpt(vals),
            })
        }
        _ => Err(Error::Function(function.to_string())),
    }
}

impl Input {
    /// The scene in which all cameras, points, weights and features are the ones given.
    fn expand(self) -> Result<Scene, Error> {
        let Self { n, m, p, cam, x, w, feat } = self;
        check("n", n >= 1, "at least 1")?;
        check("m", m >= 1, "at least 1")?;
        check("p", p >= 10, "at least 10")?;
        check_length("cam", CAMERA, cam.len())?;
        check_length("x", POINT, x.len())?;
        check_length("feat", 2, feat.len())?;
        Ok(Scene {
            cameras: cam.repeat(n),
            points: x.repeat(m),
            weights: vec![w; p],
            features: vec![[feat[0], feat[1]]; p],
            observations: (0..p).map(|i| (i % n, i % m)).collect(),
        })
    }
}
