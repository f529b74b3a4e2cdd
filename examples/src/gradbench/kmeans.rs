//! `kmeans`: the cost of a clustering, and Newton's direction for its centroids.

use std::sync::Arc;

use autodiff::{Function, Rows, Var, sum_over};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, decode, flatten};
use super::timing::{Answer, Nested, Timer};

#[derive(Deserialize)]
struct Input {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

/// $\lVert c - p \rVert^2$
fn squared_distance<T: Real>(centroid: &[T], point: &[T]) -> T {
    centroid.iter().zip(point).map(|(&c, &p)| (c - p) * (c - p)).sum()
}

/// The number of the centroid that is nearest to a point, the first of several, and the square of
/// its distance.
fn nearest(centroids: &[f64], point: &[f64]) -> (u32, f64) {
    let distances = centroids.chunks_exact(point.len()).map(|c| squared_distance(c, point));
    let closer =
        |least: (u32, f64), other: (u32, f64)| if other.1 < least.1 { other } else { least };
    (0..).zip(distances).fold((0, f64::INFINITY), closer)
}

/// $\sum_i \min_j \lVert c_j - p_i \rVert^2$
fn cost(points: &[f64], centroids: &[f64], dimension: usize) -> f64 {
    points.chunks_exact(dimension).map(|point| nearest(centroids, point).1).sum()
}

/// The same, recorded as a sum over the points of the distance from the centroid that is nearest at
/// the values of the variables.
fn over_rows(points: &Arc<[f64]>, centroids: &[Var], dimension: usize) -> Var {
    let values: Vec<f64> = centroids.iter().map(|c| c.value()).collect();
    let selected: Vec<u32> =
        points.chunks_exact(dimension).map(|point| nearest(&values, point).0).collect();
    let rows =
        Rows::new(selected.len()).data(points.clone()).gather(centroids, dimension, selected);
    sum_over(&rows, |row| {
        let (point, centroid) = row.split_at(dimension);
        squared_distance(centroid, point)
    })
}

/// The functions `cost` and `dir`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { points, centroids } = decode(input)?;
    check("centroids", !centroids.is_empty(), "a list that is not empty")?;
    let (count, dimension) = (centroids.len(), centroids[0].len());
    check("centroids", dimension > 0, "points of at least one dimension")?;
    let points = flatten("points", &points, dimension)?;
    let centroids = flatten("centroids", &centroids, dimension)?;
    let mut timer = Timer::new(input)?;
    match function {
        "cost" => {
            let y = timer.evaluate(|| cost(&points, &centroids, dimension));
            timer.answer(&y)
        }
        "dir" => {
            let points: Arc<[f64]> = points.into();
            let f = |c: &[Var]| over_rows(&points, c, dimension);
            let ones = vec![1.0; centroids.len()];
            let [mut gradient, mut diagonal, mut direction] = [(); 3].map(|()| ones.clone());
            // Which centroid is the nearest is part of the work, so each run records anew. The
            // Hessian is diagonal: its product with the vector of ones is the diagonal.
            timer.evaluate(|| {
                let mut f = Function::new(f, &centroids);
                f.gradient(&centroids, &mut gradient);
                f.hvp(&centroids, &ones, &mut diagonal);
                for i in 0..ones.len() {
                    direction[i] = gradient[i] / diagonal[i];
                }
            });
            timer.answer(&Nested { values: &direction, width: dimension, count })
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
