//! The network, the optimizer, the schedule, and the fit.

use std::path::Path;

use optimizers::{Adam, AdamW, ClipByGlobalNorm, Group, Groups, Optimizer, Sgd, UpdateRule};
use schedulers::{
    Constant, CosineAnnealing, ExponentialDecay, Linear, ReduceOnPlateau, Schedule, StepDecay,
};
use training::data::Sampling;
use training::{
    Accuracy, Activation, Checkpoint, Dense, Dropout, EarlyStopping, Fit, FitResult, HistoryCsv,
    Initializer, Model, Monitor, Progress, Sequential, SoftmaxCrossEntropy,
};

use super::{Digits, Error, OptimizerKind, Options, ScheduleKind};

/// More parameters than this are taken for a slip of the pen.
const MOST_PARAMETERS: usize = 50_000_000;
const CLASSES: usize = 10;

/// Trains a network as the options say.
///
/// `history.csv` and `checkpoint.safetensors` in `output` are brought up to date while the fit
/// runs.
///
/// # Errors
/// Those of the fit, of its settings, and of the checkpoint to continue from.
pub fn train(
    options: &Options,
    digits: &Digits,
    output: &Path,
) -> Result<(Model<f32>, FitResult), Error> {
    let inputs = digits.train.feature_columns();
    check_size(inputs, options.hidden())?;
    let dropout = options.dropout.unwrap_or(if digits.large { 0.1 } else { 0.3 });
    let mut model = Model::new(network(options.hidden(), dropout), &[inputs], options.seed)?;
    let optimizer = optimizer(options, &model)?;

    let epochs = options.epochs.unwrap_or(if digits.large { 5 } else { 30 });
    let size = options.batch_size.unwrap_or(if digits.large { 64 } else { 32 });
    let steps_per_epoch = digits.train.len().div_ceil(size.min(digits.train.len())) as u64;
    let schedule = schedule(options, epochs, steps_per_epoch)?;

    let mut fit = Fit::new(optimizer, SoftmaxCrossEntropy)
        .learning_rate(schedule)
        .sampling(Sampling::MiniBatch { size, drop_last: false })
        .epochs(epochs)
        .validation(&digits.validation)
        .metric(Accuracy)
        .callback(EarlyStopping::new(Monitor::ValidationLoss).patience(options.patience))
        .callback(HistoryCsv::new(output.join("history.csv")))
        .callback(Checkpoint::last(output.join("checkpoint.safetensors")))
        .callback(Progress::new().or_lines())
        .seed(options.seed);
    if options.schedule == ScheduleKind::Plateau {
        let rule = ReduceOnPlateau::default().with_factor(0.5)?.with_patience(3);
        fit = fit.plateau(rule, Monitor::ValidationLoss);
    }
    if let Some(path) = &options.resume {
        fit = fit.resume(path);
    }
    let result = fit.run(&mut model, &digits.train)?;
    Ok((model, result))
}

/// Rectified hidden layers with dropout, and one output for each digit.
fn network(hidden: &[usize], dropout: f64) -> Sequential<f32> {
    let mut network = Sequential::new();
    for &units in hidden {
        network = network.add(Dense::new(units)).add(Activation::Relu).add(Dropout::new(dropout));
    }
    network.add(Dense::new(CLASSES).initializer(Initializer::XAVIER_UNIFORM))
}

fn check_size(inputs: usize, hidden: &[usize]) -> Result<(), Error> {
    let mut parameters = 0_usize;
    let mut before = inputs;
    for &units in hidden.iter().chain([&CLASSES]) {
        parameters = parameters.saturating_add(units.saturating_mul(before + 1));
        before = units;
    }
    if parameters > MOST_PARAMETERS {
        return Err(Error::Options(format!(
            "--hidden {hidden:?} makes {parameters} parameters, at most {MOST_PARAMETERS} are \
             possible"
        )));
    }
    Ok(())
}

/// The update rule with clipped gradients and weight decay on the weights alone.
fn optimizer(options: &Options, model: &Model<f32>) -> Result<Optimizer<f32>, Error> {
    let layout = model.parameters().layout();
    let decay = options.weight_decay;
    let rule: Box<dyn UpdateRule<f32>> = match options.optimizer {
        OptimizerKind::Sgd => {
            let rule = Sgd::new().with_momentum(0.9)?.with_nesterov()?;
            Box::new(rule.with_weight_decay(decay)?)
        }
        OptimizerKind::Adam => Box::new(Adam::new().with_weight_decay(decay)?),
        OptimizerKind::AdamW => Box::new(AdamW::new().with_weight_decay(decay)?),
    };
    let biases = Group::new("biases", layout.group_ranges("biases")).with_weight_decay(0.0)?;
    let groups = Groups::new(layout.len(), [biases])?;
    Ok(Optimizer::new(rule, layout.len())
        .with_groups(groups)?
        .with_transform(ClipByGlobalNorm::new(options.clip)?))
}

/// A linear rise to the highest rate, then the chosen schedule.
fn schedule(options: &Options, epochs: u64, steps_per_epoch: u64) -> Result<impl Schedule, Error> {
    let usual = match options.optimizer {
        OptimizerKind::Sgd => 0.05,
        OptimizerKind::Adam | OptimizerKind::AdamW => 0.001,
    };
    let rate = options.learning_rate.unwrap_or(usual);
    let total = epochs.saturating_mul(steps_per_epoch);
    let warmup = options.warmup.saturating_mul(steps_per_epoch).min(total - 1);
    let rest = total - warmup;
    let schedule: Box<dyn Schedule> = match options.schedule {
        ScheduleKind::Constant | ScheduleKind::Plateau => Box::new(Constant::new(rate)?),
        ScheduleKind::Cosine => Box::new(CosineAnnealing::new(rate, 0.0, rest)?),
        ScheduleKind::Step => Box::new(StepDecay::new(rate, rest.div_ceil(3), 0.1)?),
        ScheduleKind::Exponential => {
            Box::new(ExponentialDecay::new(rate, 0.01_f64.powf(1.0 / rest as f64))?)
        }
    };
    Ok(Linear::warmup(rate, warmup)?.then(warmup, schedule))
}
