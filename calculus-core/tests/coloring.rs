//! Colourings of random patterns, and recovery of integer matrices from their products.

use calculus_core::coloring::{
    Bicoloring, BidirectionalRecovery, Coloring, DirectRecovery, Order, Pattern,
    SubstitutionRecovery, acyclic_coloring, acyclic_coloring_in, color_bidirectional,
    color_columns, color_columns_in, color_rows, color_rows_in, star_coloring, star_coloring_in,
};
use faer::Mat;
use faer::sparse::SparseColMat;
use proptest::prelude::*;

/// A matrix with the pattern and small integer values, by which products and sums are exact. Values
/// of mirrored entries agree.
fn integers(pattern: &Pattern) -> SparseColMat<usize, f64> {
    let value = |(i, j): (usize, usize)| {
        let (low, high) = (i.min(j), i.max(j));
        ((low * 7919 + high * 104_729) % 2001) as f64 - 1000.0
    };
    pattern.with_values(pattern.entries().map(value).collect())
}

fn assert_equal(recovered: &SparseColMat<usize, f64>, expected: &SparseColMat<usize, f64>) {
    assert_eq!(recovered.to_dense(), expected.to_dense());
    assert_eq!(recovered.val(), expected.val());
}

fn check_columns(pattern: &Pattern, coloring: &Coloring) {
    assert!(coloring.separates_columns(pattern));
    let matrix = integers(pattern);
    let products: Mat<f64> = &matrix * coloring.seed_matrix();
    let recovery = DirectRecovery::by_columns(pattern, coloring).unwrap();
    assert_equal(&recovery.recover(products.as_ref()), &matrix);
}

fn check_rows(pattern: &Pattern, coloring: &Coloring) {
    assert!(coloring.separates_rows(pattern));
    let matrix = integers(pattern);
    let products: Mat<f64> = coloring.seed_matrix().transpose() * &matrix;
    let recovery = DirectRecovery::by_rows(pattern, coloring).unwrap();
    assert_equal(&recovery.recover(products.as_ref()), &matrix);
}

fn check_star(pattern: &Pattern, coloring: &Coloring) {
    assert!(coloring.is_star_coloring(pattern));
    let matrix = integers(pattern);
    let products: Mat<f64> = &matrix * coloring.seed_matrix();
    let recovery = DirectRecovery::by_star(pattern, coloring).unwrap();
    assert_equal(&recovery.recover(products.as_ref()), &matrix);
}

fn check_acyclic(pattern: &Pattern, coloring: &Coloring) {
    assert!(coloring.is_acyclic_coloring(pattern));
    let matrix = integers(pattern);
    let products: Mat<f64> = &matrix * coloring.seed_matrix();
    let recovery = SubstitutionRecovery::new(pattern, coloring).unwrap();
    assert_equal(&recovery.recover(products.as_ref()), &matrix);
}

fn check_bidirectional(pattern: &Pattern, bicoloring: &Bicoloring) {
    assert!(bicoloring.determines(pattern));
    let matrix = integers(pattern);
    let by_columns: Mat<f64> = &matrix * bicoloring.column_seed_matrix();
    let by_rows: Mat<f64> = bicoloring.row_seed_matrix().transpose() * &matrix;
    let recovery = BidirectionalRecovery::new(pattern, bicoloring).unwrap();
    assert_equal(&recovery.recover(by_columns.as_ref(), by_rows.as_ref()), &matrix);
}

/// Every colouring and its recovery for a pattern, the symmetric ones for $A + A^T$ if it is square.
fn check_all(pattern: &Pattern) {
    let (columns, rows) = (color_columns(pattern), color_rows(pattern));
    check_columns(pattern, &columns);
    check_rows(pattern, &rows);
    let bicoloring = color_bidirectional(pattern);
    check_bidirectional(pattern, &bicoloring);
    assert!(bicoloring.count() <= columns.count().min(rows.count()));
    for order in Order::ALL {
        check_columns(pattern, &color_columns_in(pattern, order));
        check_rows(pattern, &color_rows_in(pattern, order));
    }
    if let Ok(symmetric) = pattern.union(&pattern.transpose()) {
        let (star, acyclic) =
            (star_coloring(&symmetric).unwrap(), acyclic_coloring(&symmetric).unwrap());
        check_star(&symmetric, &star);
        check_acyclic(&symmetric, &star); // which is a weaker demand
        check_acyclic(&symmetric, &acyclic);
        for order in Order::ALL {
            check_star(&symmetric, &star_coloring_in(&symmetric, order).unwrap());
            check_acyclic(&symmetric, &acyclic_coloring_in(&symmetric, order).unwrap());
        }
    }
}

fn entries(rows: usize, columns: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..rows, 0..columns), 0..3 * (rows + columns))
}

fn rectangular() -> impl Strategy<Value = Pattern> {
    (1_usize..20, 1_usize..20).prop_flat_map(|(rows, columns)| {
        entries(rows, columns).prop_map(move |list| Pattern::from_entries(rows, columns, list))
    })
}

fn square() -> impl Strategy<Value = Pattern> {
    (1_usize..30)
        .prop_flat_map(|n| entries(n, n).prop_map(move |list| Pattern::from_entries(n, n, list)))
}

proptest! {
    #[test]
    fn rectangular_matrices_are_recovered(pattern in rectangular()) {
        check_all(&pattern);
    }

    #[test]
    fn square_and_symmetric_matrices_are_recovered(pattern in square()) {
        check_all(&pattern);
    }
}

#[test]
fn patterns_at_the_edges_are_recovered() {
    for (rows, columns) in [(0, 0), (0, 3), (3, 0), (1, 1), (1, 5), (5, 1), (6, 6)] {
        check_all(&Pattern::dense(rows, columns));
        check_all(&Pattern::from_entries(rows, columns, []));
    }
}

#[test]
fn recovery_into_values_that_were_there_replaces_them() {
    let pattern = Pattern::five_point_grid(6, 5);
    let matrix = integers(&pattern);
    let star = star_coloring(&pattern).unwrap();
    let direct = DirectRecovery::by_star(&pattern, &star).unwrap();
    let acyclic = acyclic_coloring(&pattern).unwrap();
    let substitution = SubstitutionRecovery::new(&pattern, &acyclic).unwrap();
    let mut values = vec![f64::NAN; pattern.nonzeros()];
    // A transposed view: the products need not be stored by columns.
    let products: Mat<f64> = star.seed_matrix().transpose() * &matrix;
    direct.recover_into(products.transpose(), &mut values);
    assert_eq!(values, matrix.val());
    values.fill(f64::NAN);
    let products: Mat<f64> = &matrix * acyclic.seed_matrix();
    substitution.recover_into(products.as_ref(), &mut values);
    assert_eq!(values, matrix.val());
}

/// The checkers say exactly what the definitions say: against a search of all paths and cycles.
mod definitions {
    use super::*;

    fn neighbors(pattern: &Pattern, v: usize) -> impl Iterator<Item = usize> + '_ {
        pattern.column(v).iter().copied().filter(move |&w| w != v)
    }

    fn is_proper(pattern: &Pattern, coloring: &Coloring) -> bool {
        pattern.entries().all(|(i, j)| i == j || coloring.of(i) != coloring.of(j))
    }

    /// No path a, b, c, d of different vertices with two colours.
    fn is_star(pattern: &Pattern, coloring: &Coloring) -> bool {
        let color = |v| coloring.of(v);
        is_proper(pattern, coloring)
            && (0..pattern.columns()).all(|b| {
                neighbors(pattern, b).all(|c| {
                    let ends = |v, other| {
                        neighbors(pattern, v)
                            .filter(move |&w| w != other && coloring.of(w) == color(other))
                            .count()
                    };
                    ends(b, c) == 0 || ends(c, b) == 0
                })
            })
    }

    /// Between two colours there are fewer edges than vertices in each part that is connected.
    fn is_acyclic(pattern: &Pattern, coloring: &Coloring) -> bool {
        let n = pattern.columns();
        is_proper(pattern, coloring)
            && (0..coloring.count()).all(|a| {
                (0..a).all(|b| {
                    let inside = |v: &usize| [a, b].contains(&coloring.of(*v));
                    let mut seen = vec![false; n];
                    (0..n).filter(inside).all(|root| {
                        let (mut vertices, mut degrees) = (0, 0);
                        let mut stack = vec![root];
                        while let Some(v) = stack.pop() {
                            if !core::mem::replace(&mut seen[v], true) {
                                vertices += 1;
                                let around: Vec<_> = neighbors(pattern, v).filter(inside).collect();
                                degrees += around.len();
                                stack.extend(around);
                            }
                        }
                        vertices == 0 || degrees / 2 < vertices
                    })
                })
            })
    }

    fn colored() -> impl Strategy<Value = (Pattern, Coloring)> {
        (2_usize..9, 2_usize..5).prop_flat_map(|(n, colors)| {
            let edges = prop::collection::vec((0..n, 0..n), 0..2 * n);
            (edges, prop::collection::vec(0..colors, n)).prop_map(move |(edges, colors)| {
                let both = edges.iter().flat_map(|&(i, j)| [(i, j), (j, i)]);
                (Pattern::from_entries(n, n, both), Coloring::new(colors))
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn checkers_agree_with_definitions((pattern, coloring) in colored()) {
            prop_assert_eq!(coloring.is_star_coloring(&pattern), is_star(&pattern, &coloring));
            prop_assert_eq!(coloring.is_acyclic_coloring(&pattern), is_acyclic(&pattern, &coloring));
        }
    }

    /// Whether some colouring with so many colours passes, by trying all up to renaming.
    fn exists(
        pattern: &Pattern,
        colors: usize,
        passes: impl Fn(&Pattern, &Coloring) -> bool + Copy,
    ) -> bool {
        fn extend(
            pattern: &Pattern,
            colors: usize,
            passes: impl Fn(&Pattern, &Coloring) -> bool + Copy,
            chosen: &mut Vec<usize>,
        ) -> bool {
            let placed = chosen.len();
            let part = Pattern::from_fn(placed, placed, |i, j| pattern.contains(i, j));
            if !passes(&part, &Coloring::new(chosen.clone())) {
                return false;
            }
            let used = chosen.iter().max().map_or(0, |largest| largest + 1);
            placed == pattern.columns()
                || (0..colors.min(used + 1)).any(|color| {
                    chosen.push(color);
                    let found = extend(pattern, colors, passes, chosen);
                    chosen.pop();
                    found
                })
        }
        extend(pattern, colors, passes, &mut Vec::new())
    }

    /// The least number of colours of a small pattern.
    fn least(pattern: &Pattern, passes: impl Fn(&Pattern, &Coloring) -> bool + Copy) -> usize {
        (0..=pattern.columns()).find(|&colors| exists(pattern, colors, passes)).unwrap()
    }

    #[test]
    fn optimal_numbers_of_small_patterns() {
        // Bands of half-width b with 3 b + 1 columns or more: star 2 b + 1 (Coleman and Moré 1984).
        assert_eq!(least(&Pattern::banded(4, 1, 1), is_star), 3);
        assert_eq!(least(&Pattern::banded(7, 2, 2), is_star), 5);
        assert_eq!(least(&Pattern::banded(10, 3, 3), is_star), 7);
        assert_eq!(least(&Pattern::banded(7, 2, 2), is_acyclic), 3);
        // The grid of 4 by 4 points already has the star number of all larger ones.
        assert_eq!(least(&Pattern::five_point_grid(4, 4), is_star), 5);
        assert_eq!(least(&Pattern::five_point_grid(4, 4), is_acyclic), 3);
        assert_eq!(least(&Pattern::arrow(6), is_star), 2);
    }
}

/// Numbers of colours against optimal or published ones.
mod counts {
    use super::*;

    fn star(pattern: &Pattern) -> usize {
        star_coloring(pattern).unwrap().count()
    }

    fn acyclic(pattern: &Pattern) -> usize {
        acyclic_coloring(pattern).unwrap().count()
    }

    /// A row inside a band has `lower + upper + 1` entries, whose columns all differ; column `j`
    /// may have the colour `j mod (lower + upper + 1)` (Curtis, Powell and Reid 1974).
    #[test]
    fn columns_of_bands() {
        for (lower, upper) in [(0, 0), (1, 1), (2, 2), (5, 5), (3, 1), (0, 4)] {
            let pattern = Pattern::banded(200, lower, upper);
            assert_eq!(color_columns(&pattern).count(), lower + upper + 1);
            assert_eq!(color_rows(&pattern).count(), lower + upper + 1);
            assert_eq!(color_bidirectional(&pattern).count(), lower + upper + 1);
        }
    }

    /// Half-width $b$: star $2b + 1$ for $n > 3b$ and substitution $b + 1$ (Coleman and Moré
    /// 1984, Powell and Toint 1979); $b + 1$ consecutive vertices are mutual neighbours.
    #[test]
    fn symmetric_bands() {
        for b in [0, 1, 2, 3, 5, 8] {
            let pattern = Pattern::banded(200, b, b);
            assert_eq!(star(&pattern), 2 * b + 1);
            assert_eq!(acyclic(&pattern), b + 1);
        }
    }

    /// The columns of a dense row all differ. From both sides three products do: one for the first
    /// row, one for the first column and one for the diagonal. The graph is a star.
    #[test]
    fn arrows() {
        for n in [3, 10, 200] {
            let pattern = Pattern::arrow(n);
            assert_eq!(color_columns(&pattern).count(), n);
            assert_eq!(color_rows(&pattern).count(), n);
            assert!(color_bidirectional(&pattern).count() <= 3);
            assert_eq!(star(&pattern), 2);
            assert_eq!(acyclic(&pattern), 2);
        }
        // The arrow that points the other way, its dense row last.
        let n = 200;
        let reversed = Pattern::from_fn(n, n, |i, j| i == j || i == n - 1 || j == n - 1);
        assert_eq!(color_bidirectional(&reversed).count(), 3);
        assert_eq!(star(&reversed), 2);
        assert_eq!(acyclic(&reversed), 2);
    }

    /// A stencil of five points has five entries in a row; $(x + 2 y) \bmod 5$ is a colouring. Star
    /// number 5 from 4 by 4 points on (Fertin, Raspaud and Reed 2004), acyclic number 3 (Fertin,
    /// Godard and Raspaud 2003). Within one of these.
    #[test]
    fn five_point_grids() {
        for (width, height) in [(4, 4), (7, 5), (30, 30), (100, 37)] {
            let pattern = Pattern::five_point_grid(width, height);
            assert!((5..=6).contains(&color_columns(&pattern).count()));
            assert!((5..=6).contains(&star(&pattern)));
            assert!((3..=4).contains(&acyclic(&pattern)));
        }
    }

    /// Nine entries in a row; $x \bmod 3 + 3 (y \bmod 3)$ is a colouring of the columns and so a
    /// star colouring.
    #[test]
    fn nine_point_grids() {
        for (width, height) in [(5, 5), (30, 30), (100, 37)] {
            let pattern = Pattern::nine_point_grid(width, height);
            assert!((9..=10).contains(&color_columns(&pattern).count()));
            assert!(star(&pattern) <= 10);
            assert!(acyclic(&pattern) <= star(&pattern));
        }
    }

    /// Vertices of a block are mutual neighbours, and blocks do not touch.
    #[test]
    fn diagonal_blocks() {
        for (blocks, size) in [(1, 1), (4, 3), (20, 7)] {
            let pattern = Pattern::block_diagonal(blocks, size);
            assert_eq!(color_columns(&pattern).count(), size);
            assert_eq!(color_rows(&pattern).count(), size);
            assert_eq!(color_bidirectional(&pattern).count(), size);
            assert_eq!(star(&pattern), size);
            assert_eq!(acyclic(&pattern), size);
        }
    }
}
