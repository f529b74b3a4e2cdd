//! `kmeans`: the cost of a clustering, and Newton's direction for its centroids.

use autodiff::Function;
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, decode, flatten};
use super::timing::{Answer, Rows, Timer};

#[derive(Deserialize)]
struct Input {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

/// $\lVert c - p \rVert^2$
fn squared_distance<T: Real>(centroid: &[T], point: &[f64]) -> T {
    centroid.iter().zip(point).map(|(&c, &p)| (c - p) * (c - p)).sum()
}

/// $\sum_i \min_j \lVert c_j - p_i \rVert^2$, where the centroid that is nearest is selected, the
/// first of several.
fn cost<T: Real>(points: &[f64], centroids: &[T], dimension: usize) -> T {
    let nearest = |point: &[f64]| {
        let distances = centroids.chunks_exact(dimension).map(|c| squared_distance(c, point));
        distances.reduce(|least, distance| if distance < least { distance } else { least })
    };
    points.chunks_exact(dimension).filter_map(nearest).sum()
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
            let f = |c: &[autodiff::Var]| cost(&points, c, dimension);
            let mut f = timer.prepare(|| Function::new(f, &centroids));
            let ones = vec![1.0; centroids.len()];
            let [mut gradient, mut diagonal, mut direction] = [(); 3].map(|()| ones.clone());
            // The Hessian is diagonal: its product with the vector of ones is the diagonal.
            timer.evaluate(|| {
                f.gradient(&centroids, &mut gradient);
                f.hvp(&centroids, &ones, &mut diagonal);
                for i in 0..ones.len() {
                    direction[i] = gradient[i] / diagonal[i];
                }
            });
            timer.answer(&Rows { values: &direction, width: dimension, count })
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
