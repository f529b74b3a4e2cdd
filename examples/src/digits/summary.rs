//! What the program shows at the end.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use autodiff::tensor::Tensor;
use training::data::Dataset;
use training::report::{Figure, confusion_svg, learning_rate_svg, loss_svg, metric_svg, write_svg};
use training::{ConfusionMatrix, FitResult, History, Model, largest};

use super::{Digits, Error};

/// A trained network with the story of its training.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The images.
    pub digits: &'a Digits,
    /// The network.
    pub model: &'a Model<f32>,
    /// What the fit did.
    pub result: &'a FitResult,
    /// How long it took.
    pub time: Duration,
}

/// Tests the network, writes the files, and returns the text to show.
///
/// # Errors
/// Those of writing.
pub fn report(outcome: &Outcome<'_>, output: &Path) -> Result<String, Error> {
    let Outcome { digits, model, result, time } = outcome;
    let confusion = confusion(model, &digits.test)?;
    let accuracy = confusion.accuracy().unwrap_or(0.0);

    result.history.write_csv(output.join("history.csv"))?;
    let figure = |title: &str| Figure::default().with_title(title);
    let losses = loss_svg(&result.history, &figure("Cross-entropy").logarithmic())?;
    write_svg(output.join("loss.svg"), &losses)?;
    let rates = learning_rate_svg(&result.history, &figure("Learning rate"))?;
    write_svg(output.join("learning_rate.svg"), &rates)?;
    let accuracies = metric_svg(&result.history, "accuracy", &figure("Accuracy"))?;
    write_svg(output.join("accuracy.svg"), &accuracies)?;
    let matrix = confusion_svg(&confusion, &figure("Test images"))?;
    write_svg(output.join("confusion.svg"), &matrix)?;
    model.save(output.join("model.safetensors"))?;

    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}\n{}", heading(digits, model), table(&result.history, result));
    let _ = writeln!(text, "{} ({:.2} s)\n", result.status, time.as_secs_f64());
    let _ = writeln!(text, "{confusion}");
    let wrong =
        confusion.total() - (0..confusion.classes()).map(|c| confusion.count(c, c)).sum::<u64>();
    let _ = writeln!(
        text,
        "test accuracy {:.2}% ({wrong} of {} images wrong)",
        100.0 * accuracy,
        confusion.total(),
    );
    let _ = writeln!(text, "results in {}", output.display());
    Ok(text)
}

/// Which digits the network takes for which.
fn confusion(model: &Model<f32>, test: &Dataset<f32>) -> Result<ConfusionMatrix, Error> {
    let classes = test.classes().unwrap_or_default();
    let shape = [test.len(), test.feature_columns()];
    let images = Tensor::from_fn(&shape, |i| test.features()[i]);
    let outputs = model.predict(&images)?;
    let predictions: Vec<usize> = outputs.as_slice().chunks(classes).map(largest).collect();
    let mut confusion = ConfusionMatrix::new(classes);
    confusion.record_all(test.labels().unwrap_or_default(), &predictions);
    Ok(confusion)
}

fn heading(digits: &Digits, model: &Model<f32>) -> String {
    let mut sizes: Vec<String> = vec![digits.train.feature_columns().to_string()];
    for entry in model.parameters().layout().entries() {
        if let [_, units] = entry.shape[..] {
            sizes.push(units.to_string());
        }
    }
    let copies = match digits.train.len() - digits.originals {
        0 => String::new(),
        copies => format!(" (and {copies} shifted copies)"),
    };
    format!(
        "{}: {} training{copies}, {} validation, {} test images\nnetwork {}, {} parameters\n",
        digits.source,
        digits.originals,
        digits.validation.len(),
        digits.test.len(),
        sizes.join("-"),
        model.parameters().len(),
    )
}

/// One line for each epoch; a star marks the one whose parameters were kept.
fn table(history: &History, result: &FitResult) -> String {
    let kept = result.restored_epoch.or(result.best_epoch);
    let mut text = String::from(
        "epoch    step  training loss  accuracy  validation loss  accuracy  learning rate  seconds\n",
    );
    for record in &history.epochs {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or("-".to_string(), |value| format!("{value:.digits$}"))
        };
        let percent =
            |value: Option<f64>| value.map_or("-".into(), |value| format!("{:.2}%", 100.0 * value));
        let _ = writeln!(
            text,
            "{:>5}{} {:>6}  {:>13.5}  {:>8}  {:>15}  {:>8}  {:>13.3e}  {:>7.3}",
            record.epoch + 1,
            if Some(record.epoch) == kept { "*" } else { " " },
            record.step,
            record.train_loss,
            percent(record.train_metric),
            number(record.validation_loss, 5),
            percent(record.validation_metric),
            record.learning_rate,
            record.seconds,
        );
    }
    text
}
