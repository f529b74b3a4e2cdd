//! The least colour that is not forbidden.

/// The colours that are forbidden for one vertex at a time.
pub(super) struct FirstFit {
    /// The last vertex for which each colour was forbidden.
    forbidden_for: Vec<usize>,
    vertex: usize,
}

impl FirstFit {
    pub(super) fn new() -> Self {
        Self { forbidden_for: Vec::new(), vertex: usize::MAX }
    }

    /// Turns to another vertex, for which nothing is forbidden yet.
    pub(super) fn turn_to(&mut self, vertex: usize) {
        self.vertex = vertex;
    }

    /// Forbids a colour, one that was returned by [`least`](Self::least) before.
    pub(super) fn forbid(&mut self, color: usize) {
        self.forbidden_for[color] = self.vertex;
    }

    pub(super) fn is_forbidden(&self, color: usize) -> bool {
        self.forbidden_for[color] == self.vertex
    }

    /// The least colour from `first` on that is not forbidden.
    pub(super) fn least(&mut self, first: usize) -> usize {
        let colors = self.forbidden_for.len();
        let free = (first..colors).find(|&color| !self.is_forbidden(color)).unwrap_or(colors);
        if free == colors {
            self.forbidden_for.push(usize::MAX);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_color_that_is_free() {
        let mut fit = FirstFit::new();
        fit.turn_to(7);
        assert_eq!(fit.least(0), 0);
        fit.forbid(0);
        assert_eq!(fit.least(0), 1);
        assert_eq!(fit.least(1), 1);
        fit.turn_to(3);
        fit.forbid(1);
        assert_eq!(fit.least(0), 0);
        assert_eq!(fit.least(1), 2);
    }
}
