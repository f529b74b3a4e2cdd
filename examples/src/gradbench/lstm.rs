//! `lstm`: the loss of a recurrent network of long short-term memory with diagonal weights, which
//! predicts the next character of a text.

use autodiff::{Function, Rows, Var, scan};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, check_length, decode, flatten};
use super::timing::{Answer, Timer};

#[derive(Deserialize)]
struct Input {
    main_params: Vec<Vec<f64>>,
    extra_params: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    sequence: Vec<Vec<f64>>,
}

/// What is given and not differentiated.
struct Network {
    layers: usize,
    /// The number of bits of a character, which is the width of every vector.
    width: usize,
    /// Hidden and cell state of each layer at the start, layer by layer.
    state: Vec<f64>,
    /// The characters, one after the other.
    sequence: Vec<f64>,
}

impl Network {
    /// The parameters of the layers, and those before and after them.
    fn parameters<'a, T>(&self, all: &'a [T]) -> (&'a [T], &'a [T]) {
        all.split_at(8 * self.layers * self.width)
    }

    /// The mean loss for a log-likelihood, over all bits that were predicted.
    fn mean_loss<T: Real>(&self, log_likelihood: T) -> T {
        -log_likelihood / (self.sequence.len() - self.width) as f64
    }

    /// $-\frac{1}{b(c-1)} \sum_t \sum_j s_{t+1,j} \ln p_{t,j}$, where $p_t$ is predicted from the
    /// characters up to $t$.
    fn by_loop(&self, parameters: &[f64]) -> f64 {
        let (main, extra) = self.parameters(parameters);
        let mut state = self.state.clone();
        let mut input = vec![0.0; self.width];
        let characters = || self.sequence.chunks_exact(self.width);
        let step =
            |(character, next)| self.step(main, extra, &mut state, &mut input, character, next);
        self.mean_loss(characters().zip(characters().skip(1)).map(step).sum())
    }

    /// The same, recorded as a recurrence of the state and the sum.
    fn by_scan(&self, parameters: &[Var]) -> Var {
        let (main, extra) = self.parameters(parameters);
        let (b, characters) = (self.width, self.sequence.len() / self.width);
        let rows = Rows::new(characters - 1)
            .data(&self.sequence[..(characters - 1) * b])
            .data(&self.sequence[b..]);
        let start: Vec<Var> = self.state.iter().chain(&[0.0]).map(|&s| Var::from(s)).collect();
        let end = scan(&rows, &start, |before, row| {
            let mut after = before.to_vec();
            let (sum, state) = after.split_last_mut().expect("the sum is the last entry");
            let mut input = vec![Var::from(0.0); b];
            *sum += self.step(main, extra, state, &mut input, &row[..b], &row[b..]);
            after
        });
        self.mean_loss(end[end.len() - 1])
    }

    /// Updates the state by a character; the result is the log-likelihood of the next one. `input`
    /// is scratch.
    fn step<T: Real>(
        &self,
        main: &[T],
        extra: &[T],
        state: &mut [T],
        input: &mut [T],
        character: &[T],
        next: &[T],
    ) -> T {
        let b = self.width;
        let [in_weight, out_weight, out_bias] = [0, 1, 2].map(|row| &extra[row * b..][..b]);
        for j in 0..b {
            input[j] = in_weight[j] * character[j];
        }
        for (layer, state) in main.chunks_exact(8 * b).zip(state.chunks_exact_mut(2 * b)) {
            let (weight, bias) = layer.split_at(4 * b);
            let (hidden, cell) = state.split_at_mut(b);
            for j in 0..b {
                let gate = |row: usize, x: T| x * weight[row * b + j] + bias[row * b + j];
                let forget = gate(0, input[j]).sigmoid();
                let ingate = gate(1, hidden[j]).sigmoid();
                let outgate = gate(2, input[j]).sigmoid();
                let change = gate(3, hidden[j]).tanh();
                cell[j] = cell[j] * forget + ingate * change;
                hidden[j] = outgate * cell[j].tanh();
            }
            input.copy_from_slice(hidden);
        }
        let mut normaliser = T::from(2.0);
        let mut likelihood = T::from(0.0);
        let mut ones = T::from(0.0);
        for j in 0..b {
            let y = input[j] * out_weight[j] + out_bias[j];
            normaliser += y.exp();
            likelihood += y * next[j];
            ones += next[j];
        }
        likelihood - normaliser.ln() * ones
    }
}

/// The functions `objective` and `jacobian`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let fields: Input = decode(input)?;
    let (network, parameters) = fields.check()?;
    let mut timer = Timer::new(input)?;
    match function {
        "objective" => {
            let y = timer.evaluate(|| network.by_loop(&parameters));
            timer.answer(&y)
        }
        "jacobian" => {
            let f = |p: &[Var]| network.by_scan(p);
            let mut f = timer.prepare(|| Function::new(f, &parameters));
            let mut gradient = vec![0.0; parameters.len()];
            timer.evaluate(|| f.gradient(&parameters, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}

impl Input {
    fn check(self) -> Result<(Network, Vec<f64>), Error> {
        let Self { main_params, extra_params, state, sequence } = self;
        let layers = main_params.len() / 2;
        check("main_params", layers >= 1, "two rows for each layer")?;
        check_length("main_params", 2 * layers, main_params.len())?;
        let width = main_params[0].len() / 4;
        check("main_params", width >= 1, "rows of four chunks")?;
        check_length("extra_params", 3, extra_params.len())?;
        check_length("state", 2 * layers, state.len())?;
        check("sequence", sequence.len() >= 2, "at least two characters")?;
        let parameters = [
            flatten("main_params", &main_params, 4 * width)?,
            flatten("extra_params", &extra_params, width)?,
        ];
        let state = flatten("state", &state, width)?;
        let sequence = flatten("sequence", &sequence, width)?;
        Ok((Network { layers, width, state, sequence }, parameters.concat()))
    }
}
