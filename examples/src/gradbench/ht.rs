//! `ht`: hand tracking. A skeleton of bones, posed by 26 angles and lengths, moves the vertices of
//! a mesh, and the residuals are the distances of the mesh from measured points.

use autodiff::Dual;
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, check_length, decode};
use super::timing::{Answer, Nested, Timer};

/// Parameters of a pose: global rotation, global translation, four angles of each finger.
const POSE: usize = 26;
/// The columns of the Jacobian, of which the first two are the place within a triangle.
const COLUMNS: usize = POSE + 2;
/// Below this angle the global rotation is the identity.
const NO_ROTATION: f64 = 1e-4;

#[derive(Deserialize)]
struct Input {
    theta: Vec<f64>,
    us: Vec<[f64; 2]>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    bone_count: usize,
    parents: Vec<i64>,
    base_relatives: Vec<[[f64; 4]; 4]>,
    inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    base_positions: Vec<[f64; 4]>,
    weights: Vec<Vec<f64>>,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

/// The first three rows of an affine map of homogeneous coordinates; the last row is (0, 0, 0, 1).
type Affine<T> = [[T; 4]; 3];

/// A bone: what it hangs on, and where it is at rest.
struct Bone {
    parent: Option<usize>,
    base_relative: Affine<f64>,
    inverse_base_absolute: Affine<f64>,
}

/// A vertex that the residuals refer to: the bones that move it, each with the position at rest
/// times its weight.
type Vertex = Vec<(usize, [f64; 4])>;

/// What is given and not differentiated.
struct Hand {
    bones: Vec<Bone>,
    vertices: Vec<Vertex>,
    mirrored: bool,
    targets: Targets,
    points: Vec<[f64; 3]>,
}

/// The vertices that each measured point belongs to.
enum Targets {
    Vertices(Vec<usize>),
    /// The corners of a triangle.
    Triangles(Vec<[usize; 3]>),
}

/// Rotation about the first axis, then about the third.
fn joint<T: Real>(about_x: T, about_z: T) -> [[T; 3]; 3] {
    let ((sx, cx), (sz, cz)) = (about_x.sin_cos(), about_z.sin_cos());
    [[cz, -(sz * cx), sz * sx], [sz, cz * cx, -(cz * sx)], [T::from(0.0), sx, cx]]
}

/// The rotation about an axis by its length as an angle (Rodrigues, 1840).
fn global_rotation<T: Real>(axis: &[T]) -> [[T; 3]; 3] {
    let angle = axis.iter().map(|&a| a * a).sum::<T>().sqrt();
    let (zero, one) = (T::from(0.0), T::from(1.0));
    if angle < NO_ROTATION {
        return [[one, zero, zero], [zero, one, zero], [zero, zero, one]];
    }
    let [x, y, z] = [0, 1, 2].map(|i| axis[i] / angle);
    let (s, c) = angle.sin_cos();
    let d = 1.0 - c;
    [
        [x * x + (1.0 - x * x) * c, x * y * d - z * s, x * z * d + y * s],
        [x * y * d + z * s, y * y + (1.0 - y * y) * c, y * z * d - x * s],
        [x * z * d - y * s, y * z * d + x * s, z * z + (1.0 - z * z) * c],
    ]
}

/// The composition of two affine maps, the first of which is constant, with a rotation in between.
fn turned<T: Real>(base: &Affine<f64>, rotation: &[[T; 3]; 3]) -> Affine<T> {
    base.map(|row| {
        let turned = [0, 1, 2]
            .map(|j| rotation[0][j] * row[0] + rotation[1][j] * row[1] + rotation[2][j] * row[2]);
        [turned[0], turned[1], turned[2], T::from(row[3])]
    })
}

fn compose<T: Real>(a: &Affine<T>, b: &Affine<T>) -> Affine<T> {
    a.map(|row| {
        let product = [0, 1, 2, 3].map(|j| row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]);
        [product[0], product[1], product[2], product[3] + row[3]]
    })
}

fn compose_constant<T: Real>(a: &Affine<T>, b: &Affine<f64>) -> Affine<T> {
    a.map(|row| {
        let product = [0, 1, 2, 3].map(|j| row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]);
        [product[0], product[1], product[2], product[3] + row[3]]
    })
}

impl Hand {
    /// The maps that move vertices with each bone.
    fn bone_maps<T: Real>(&self, theta: &[T]) -> Vec<Affine<T>> {
        let mut absolutes: Vec<Affine<T>> = Vec::with_capacity(self.bones.len());
        for (b, bone) in self.bones.iter().enumerate() {
            let relative = match joint_angles(b) {
                Some((x, z)) => {
                    let about_z = z.map_or(T::from(0.0), |z| theta[z]);
                    turned(&bone.base_relative, &joint(theta[x], about_z))
                }
                None => bone.base_relative.map(|row| row.map(T::from)),
            };
            absolutes.push(match bone.parent {
                Some(parent) => compose(&absolutes[parent], &relative),
                None => relative,
            });
        }
        let inverses = self.bones.iter().map(|bone| &bone.inverse_base_absolute);
        absolutes.iter().zip(inverses).map(|(a, b)| compose_constant(a, b)).collect()
    }

    /// Where the vertices are.
    fn positions<T: Real>(&self, theta: &[T]) -> Vec<[T; 3]> {
        let maps = self.bone_maps(theta);
        let rotation = global_rotation(&theta[..3]);
        let place = |vertex: &Vertex| {
            let mut position = [T::from(0.0); 3];
            for (bone, base) in vertex {
                for (position, row) in position.iter_mut().zip(&maps[*bone]) {
                    *position +=
                        row[0] * base[0] + row[1] * base[1] + row[2] * base[2] + row[3] * base[3];
                }
            }
            if self.mirrored {
                position[0] = -position[0];
            }
            [0, 1, 2].map(|i| {
                let [x, y, z] = rotation[i];
                x * position[0] + y * position[1] + z * position[2] + theta[3 + i]
            })
        };
        self.vertices.iter().map(place).collect()
    }

    /// The residuals of each measured point, where `us` gives the place within its triangle.
    fn residuals<T: Real>(
        &self,
        theta: &[T],
        us: impl Fn(usize) -> [T; 2],
        mut residual: impl FnMut(usize, [T; 3]),
    ) {
        let positions = self.positions(theta);
        for (i, point) in self.points.iter().enumerate() {
            let found = match &self.targets {
                Targets::Vertices(vertices) => positions[vertices[i]],
                Targets::Triangles(triangles) => {
                    let [a, b] = us(i);
                    let corners = triangles[i].map(|vertex| positions[vertex]);
                    let c = 1.0 - a - b;
                    [0, 1, 2].map(|j| a * corners[0][j] + b * corners[1][j] + c * corners[2][j])
                }
            };
            residual(i, [0, 1, 2].map(|j| point[j] - found[j]));
        }
    }

    fn objective(&self, theta: &[f64], us: &[[f64; 2]], errors: &mut [f64]) {
        self.residuals(
            theta,
            |i| us[i],
            |i, error| {
                errors[3 * i..][..3].copy_from_slice(&error);
            },
        );
    }

    /// The Jacobian row by row, by dual numbers with all directions at once: the places within the
    /// triangles, each of which moves its own residual alone, and the pose.
    fn jacobian(&self, theta: &[f64], us: &[[f64; 2]], rows: &mut [f64]) {
        type D = Dual<f64, COLUMNS>;
        let theta: [D; POSE] = std::array::from_fn(|j| D::variable(theta[j], 2 + j));
        let place = |i: usize| [D::variable(us[i][0], 0), D::variable(us[i][1], 1)];
        let first = match self.targets {
            Targets::Vertices(_) => 2,
            Targets::Triangles(_) => 0,
        };
        let width = COLUMNS - first;
        self.residuals(&theta, place, |i, error| {
            for (row, error) in rows[3 * i * width..].chunks_exact_mut(width).zip(error) {
                row.copy_from_slice(&error.tangent()[first..]);
            }
        });
    }
}

/// Which parameters of the pose turn a bone, about the first and about the third axis.
fn joint_angles(bone: usize) -> Option<(usize, Option<usize>)> {
    let (finger, joint) = (bone.checked_sub(2)? / 4, (bone - 2) % 4);
    let first = 6 + 4 * finger;
    match joint {
        0 => Some((first, Some(first + 1))),
        1 => Some((first + 2, None)),
        2 => Some((first + 3, None)),
        _ => None,
    }
}

/// The functions `objective` and `jacobian`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { theta, us, data } = decode(input)?;
    check_length("theta", POSE, theta.len())?;
    let hand = data.hand(&us)?;
    let mut timer = Timer::new(input)?;
    let count = 3 * hand.points.len();
    match function {
        "objective" => {
            let mut errors = vec![0.0; count];
            timer.evaluate(|| hand.objective(&theta, &us, &mut errors));
            timer.answer(&errors)
        }
        "jacobian" => {
            let width = if us.is_empty() { POSE } else { COLUMNS };
            let mut values = vec![0.0; count * width];
            timer.evaluate(|| hand.jacobian(&theta, &us, &mut values));
            timer.answer(&Nested { values: &values, width, count })
        }
        _ => Err(Error::Function(function.to_string())),
    }
}

impl Data {
    /// The parts of the model that the residuals depend on.
    fn hand(self, us: &[[f64; 2]]) -> Result<Hand, Error> {
        let Self { correspondences, points, model } = self;
        check_length("points", correspondences.len(), points.len())?;
        let bones = model.bones()?;
        check_length("weights", model.base_positions.len(), model.weights.len())?;
        // The vertices in the order in which they are first referred to.
        let mut numbers = vec![None; model.base_positions.len()];
        let mut vertices = Vec::new();
        let mut number = |vertex: usize| -> Result<usize, Error> {
            let count = numbers.len();
            let index = Error::Index { field: "correspondences", index: vertex, count };
            let number = numbers.get_mut(vertex).ok_or(index)?;
            if number.is_none() {
                *number = Some(vertices.len());
                vertices.push(model.vertex(vertex)?);
            }
            Ok(number.expect("it has just been given"))
        };
        let targets = if us.is_empty() {
            let numbers = correspondences.into_iter().map(&mut number);
            Targets::Vertices(numbers.collect::<Result<_, _>>()?)
        } else {
            check_length("us", correspondences.len(), us.len())?;
            let corners = |triangle: usize| {
                let count = model.triangles.len();
                let index = Error::Index { field: "correspondences", index: triangle, count };
                let [a, b, c] = *model.triangles.get(triangle).ok_or(index)?;
                Ok([number(a)?, number(b)?, number(c)?])
            };
            let triangles = correspondences.into_iter().map(corners);
            Targets::Triangles(triangles.collect::<Result<_, Error>>()?)
        };
        Ok(Hand { bones, vertices, mirrored: model.is_mirrored, targets, points })
    }
}

impl Model {
    fn bones(&self) -> Result<Vec<Bone>, Error> {
        check("bone_count", self.bone_count == 22, "22: five fingers of four bones, and two more")?;
        check_length("parents", self.bone_count, self.parents.len())?;
        check_length("base_relatives", self.bone_count, self.base_relatives.len())?;
        let inverses = &self.inverse_base_absolutes;
        check_length("inverse_base_absolutes", self.bone_count, inverses.len())?;
        let bone = |b: usize| {
            let parent = usize::try_from(self.parents[b]).ok();
            check(
                "parents",
                parent.is_none_or(|parent| parent < b),
                "bones before their children",
            )?;
            Ok(Bone {
                parent,
                base_relative: affine("base_relatives", &self.base_relatives[b])?,
                inverse_base_absolute: affine("inverse_base_absolutes", &inverses[b])?,
            })
        };
        (0..self.bone_count).map(bone).collect()
    }

    /// The bones that move a vertex, each with the position at rest times its weight.
    fn vertex(&self, vertex: usize) -> Result<Vertex, Error> {
        let weights = &self.weights[vertex];
        check_length("weights", self.bone_count, weights.len())?;
        let position = self.base_positions[vertex];
        let moving = weights.iter().enumerate().filter(|(_, w)| **w != 0.0);
        Ok(moving.map(|(bone, w)| (bone, position.map(|x| w * x))).collect())
    }
}

/// The first three rows of a matrix whose last row is (0, 0, 0, 1).
fn affine(field: &'static str, matrix: &[[f64; 4]; 4]) -> Result<Affine<f64>, Error> {
    let [a, b, c, last] = *matrix;
    check(field, last == [0.0, 0.0, 0.0, 1.0], "matrices with the last row (0, 0, 0, 1)")?;
    Ok([a, b, c])
}
