"""Fits the network of speech activity and writes its weights.

    ls OUT_DIR/*.wav | cargo run --release -p cpd-detect --example activity_features > features.bin
    python3 fit.py OUT_DIR features.bin ../../crates/cpd-detect/src/activity/speech_weights.rs
"""
import os
import sys

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

HIDDEN, FEATURES, FIRST, VALUES, SEED = 10, 20, 6, 29, 1
folder, features, target = sys.argv[1:4]


def records(path):
    """Each file's name and its values, one row a hop."""
    with open(path, "rb") as file:
        while line := file.readline():
            name, hops = line.decode().rsplit(" ", 1)
            rows = np.frombuffer(file.read(int(hops) * VALUES * 4), "<f4").reshape(-1, VALUES)
            yield os.path.basename(name)[:-4], rows


x, y = [], []
for name, rows in records(features):
    labels = np.load(f"{folder}/{name}.npy")
    hops = min(len(rows), len(labels))
    x.append(rows[:hops, FIRST : FIRST + FEATURES])
    y.append(labels[:hops])
x, y = np.concatenate(x), np.concatenate(y)
x, y = x[y >= 0], y[y >= 0]
model = MLPClassifier(
    (HIDDEN,), alpha=3e-2, max_iter=30, random_state=SEED, batch_size=1024, learning_rate_init=3e-3
).fit(x, y)
print(f"{len(y)} hops, {y.mean():.3f} speech, area under the curve {roc_auc_score(y, model.predict_proba(x)[:, 1]):.4f}")

(weights, out), (bias, out_bias) = model.coefs_, model.intercepts_
prior = np.log(y.mean() / (1 - y.mean()))


def row(values):
    return "[" + ", ".join(f"{v:.4f}" for v in values) + "]"


with open(target, "w") as file:
    file.write(
        f"""//! Written by `training/speech/fit.py`; do not edit.

/// Hidden units.
pub(super) const HIDDEN: usize = {HIDDEN};
/// Weights from each measurement to the hidden units.
#[rustfmt::skip]
pub(super) const HIDDEN_WEIGHTS: [[f32; HIDDEN]; {FEATURES}] = [
"""
    )
    file.writelines(f"    {row(r)},\n" for r in weights)
    file.write(
        f"""];
/// Biases of the hidden units.
#[rustfmt::skip]
pub(super) const HIDDEN_BIAS: [f32; HIDDEN] = {row(bias)};
/// Weights of the hidden units.
#[rustfmt::skip]
pub(super) const OUT_WEIGHTS: [f32; HIDDEN] = {row(out[:, 0])};
/// Bias of the log odds.
pub(super) const OUT_BIAS: f32 = {out_bias[0] - prior:.4f};
"""
    )
