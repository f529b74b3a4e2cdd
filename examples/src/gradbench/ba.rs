//! `ba`: bundle adjustment, with a sparse Jacobian.

use std::sync::Arc;

use autodiff::{Function, Rows, Var, map_over};
use calculus_core::Real;
use faer::sparse::SparseRowMatRef;
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

impl SparseMatrix {
    /// Becomes the Jacobian with all the entries that the benchmark asks for, also those that are 0
    /// wherever the cameras stand, in the memory that it has.
    fn fill(&mut self, scene: &Scene, jacobian: SparseRowMatRef<'_, usize, f64>) {
        let Self { rows, cols, vals } = self;
        rows.clear();
        cols.clear();
        vals.clear();
        rows.push(0);
        let (columns, values) = (jacobian.symbolic().col_idx(), jacobian.val());
        // Both go through the same rows and, within a row, through ascending columns.
        let mut entry = 0;
        let mut push = |column: usize| {
            let known = columns.get(entry) == Some(&column);
            cols.push(column);
            vals.push(if known { values[entry] } else { 0.0 });
            entry += usize::from(known);
        };
        let first_point = scene.cameras.len();
        let first_weight = first_point + scene.points.len();
        let observations = scene.observers.iter().zip(scene.observed.iter());
        for (i, (&camera, &point)) in observations.enumerate() {
            for _ in 0..2 {
                (0..CAMERA).for_each(|j| push(camera as usize * CAMERA + j));
                (0..POINT).for_each(|j| push(first_point + point as usize * POINT + j));
                push(first_weight + i);
                rows.push(rows.len() * BLOCK);
            }
        }
        for i in 0..scene.weights.len() {
            push(first_weight + i);
            rows.push(2 * BLOCK * scene.weights.len() + i + 1);
        }
    }
}

/// Cameras, points, weights, and which camera saw which point where.
struct Scene {
    cameras: Vec<f64>,
    points: Vec<f64>,
    weights: Vec<f64>,
    /// Where the point was seen, two numbers for each observation.
    features: Arc<[f64]>,
    /// The camera of each observation, and the point.
    observers: Arc<[u32]>,
    observed: Arc<[u32]>,
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
fn reprojection<T: Real>(block: &[T], feature: [T; 2]) -> [T; 2] {
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
        let (camera, point) = (self.observers[observation], self.observed[observation]);
        let mut block = [0.0; BLOCK];
        block[..CAMERA].copy_from_slice(&self.cameras[camera as usize * CAMERA..][..CAMERA]);
        block[CAMERA..][..POINT].copy_from_slice(&self.points[point as usize * POINT..][..POINT]);
        block[BLOCK - 1] = self.weights[observation];
        block
    }

    /// The residuals of all observations, and of all weights.
    fn residuals(&self, errors: &mut Vec<[f64; 2]>, weights: &mut Vec<f64>) {
        errors.clear();
        weights.clear();
        let features = self.features.as_chunks().0.iter().enumerate();
        errors.extend(features.map(|(i, &feature)| reprojection(&self.block(i), feature)));
        weights.extend(self.weights.iter().map(|&w| weight_residual(w)));
    }

    /// The variables: all cameras, all points, all weights.
    fn variables(&self) -> Vec<f64> {
        [&self.cameras[..], &self.points, &self.weights].concat()
    }

    /// The same residuals, recorded as rows.
    fn by_rows(&self, variables: &[Var]) -> Vec<Var> {
        let (cameras, rest) = variables.split_at(self.cameras.len());
        let (points, weights) = rest.split_at(self.points.len());
        let observations = Rows::new(weights.len())
            .gather(cameras, CAMERA, self.observers.clone())
            .gather(points, POINT, self.observed.clone())
            .variables(weights)
            .data(self.features.clone());
        let errors = map_over(&observations, |row| {
            reprojection(&row[..BLOCK], [row[BLOCK], row[BLOCK + 1]])
        });
        let weights = Rows::new(weights.len()).variables(weights);
        [errors, map_over(&weights, |row| weight_residual(row[0]))].concat()
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
    let repeated = scene.weights.len();
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
            let x = scene.variables();
            let mut jacobian = timer.prepare(|| {
                Function::new(|v: &[Var]| scene.by_rows(v), &x).sparse_jacobian_by_rows()
            });
            let mut matrix = SparseMatrix::default();
            timer.evaluate(|| matrix.fill(&scene, jacobian.evaluate(&x)));
            let SparseMatrix { rows, cols, vals } = &matrix;
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
            features: feat.repeat(p).into(),
            observers: (0..p).map(|i| (i % n) as u32).collect(),
            observed: (0..p).map(|i| (i % m) as u32).collect(),
        })
    }
}
