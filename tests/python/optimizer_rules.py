"""The rules of the optimizers once more, in float64 NumPy and straight from their papers."""

import numpy as np


def sgd(w, g, s, t, lr, momentum=0.0, nesterov=False):
    s["v"] = momentum * s.get("v", 0.0) - lr * g
    if not momentum:
        return w - lr * g
    return w + (momentum * s["v"] - lr * g if nesterov else s["v"])


def rmsprop(w, g, s, t, lr, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    s["v"] = rho * s.get("v", 0.0) + (1 - rho) * g**2
    s["m"] = rho * s.get("m", 0.0) + (1 - rho) * g
    variance = s["v"] - s["m"] ** 2 if centered else s["v"]
    s["p"] = momentum * s.get("p", 0.0) + lr * g / np.sqrt(variance + epsilon)
    return w - s["p"]


def _moments(g, s, beta_1, beta_2):
    s["m"] = beta_1 * s.get("m", 0.0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0.0) + (1 - beta_2) * g**2
    return s["m"], s["v"]


def adam(w, g, s, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=0.0):
    w = w - lr * weight_decay * w
    m, v = _moments(g, s, beta_1, beta_2)
    if amsgrad:
        v = s["max"] = np.maximum(s.get("max", 0.0), v)
    # epsilon is "epsilon hat" of the paper: beside the uncorrected root.
    return w - lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (np.sqrt(v) + epsilon)


def adamax(w, g, s, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    s["m"] = beta_1 * s.get("m", 0.0) + (1 - beta_1) * g
    s["u"] = np.maximum(beta_2 * s.get("u", 0.0), abs(g))
    return w - lr / (1 - beta_1**t) * s["m"] / (s["u"] + epsilon)


def nadam(w, g, s, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mu = [beta_1 * (1 - 0.5 * 0.96**i) for i in range(1, t + 2)]
    m, v = _moments(g, s, beta_1, beta_2)
    m_hat = mu[t] * m / (1 - np.prod(mu)) + (1 - mu[t - 1]) * g / (1 - np.prod(mu[:t]))
    return w - lr * m_hat / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


def adagrad(w, g, s, t, lr, initial_accumulator_value=0.1, epsilon=1e-7):
    s["a"] = s.get("a", initial_accumulator_value) + g**2
    return w - lr * g / np.sqrt(s["a"] + epsilon)


def adadelta(w, g, s, t, lr, rho=0.95, epsilon=1e-7):
    s["g"] = rho * s.get("g", 0.0) + (1 - rho) * g**2
    delta = np.sqrt(s.get("d", 0.0) + epsilon) / np.sqrt(s["g"] + epsilon) * g
    s["d"] = rho * s.get("d", 0.0) + (1 - rho) * delta**2
    return w - lr * delta


def adafactor(w, g, s, t, lr, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0):
    def rms(x):
        return np.sqrt(np.mean(x**2))

    kept = 1 - t**beta_2_decay
    square = g**2 + epsilon_1
    if g.ndim >= 2:
        s["r"] = kept * s.get("r", 0.0) + (1 - kept) * square.mean(-1)
        s["c"] = kept * s.get("c", 0.0) + (1 - kept) * square.mean(-2)
        r = s["r"] / s["r"].mean(-1, keepdims=True)
        v = r[..., :, None] * s["c"][..., None, :]
    else:
        v = s["v"] = kept * s.get("v", 0.0) + (1 - kept) * square
    u = g / np.sqrt(v)
    u = u / max(1.0, rms(u) / clip_threshold)
    return w - max(epsilon_2, rms(w)) * min(lr, 1 / np.sqrt(t)) * u


def ftrl(w, g, s, t, lr, learning_rate_power=-0.5, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
         l2_regularization_strength=0.0, l2_shrinkage_regularization_strength=0.0, beta=0.0):
    p = -learning_rate_power
    n_old = s.get("n", np.full_like(w, initial_accumulator_value))
    n = s["n"] = n_old + g**2
    sigma = (n**p - n_old**p) / lr
    z = s["z"] = s.get("z", 0.0) + g + 2 * l2_shrinkage_regularization_strength * w - sigma * w
    l1 = l1_regularization_strength
    strength = n**p / lr + 2 * (l2_regularization_strength + beta / (2 * lr))
    return np.where(abs(z) > l1, -(z - np.sign(z) * l1) / strength, 0.0)


def lion(w, g, s, t, lr, beta_1=0.9, beta_2=0.99):
    m = s.get("m", 0.0)
    s["m"] = beta_2 * m + (1 - beta_2) * g
    return w - lr * np.sign(beta_1 * m + (1 - beta_1) * g)


def lamb(w, g, s, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v = _moments(g, s, beta_1, beta_2)
    u = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    sizes = np.linalg.norm(w), np.linalg.norm(u)
    return w - lr * (sizes[0] / sizes[1] if min(sizes) > 0 else 1.0) * u


# (class, rule, arguments)
CASES = [
    ("SGD", sgd, {}),
    ("SGD", sgd, {"momentum": 0.9}),
    ("SGD", sgd, {"momentum": 0.8, "nesterov": True}),
    ("RMSprop", rmsprop, {}),
    ("RMSprop", rmsprop, {"rho": 0.7, "momentum": 0.5, "centered": True, "epsilon": 1e-3}),
    ("Adam", adam, {}),
    ("Adam", adam, {"beta_1": 0.7, "beta_2": 0.8, "amsgrad": True}),
    ("AdamW", adam, {"weight_decay": 0.1}),
    ("Adamax", adamax, {}),
    ("Nadam", nadam, {}),
    ("Adagrad", adagrad, {}),
    ("Adagrad", adagrad, {"initial_accumulator_value": 1.0, "epsilon": 1e-2}),
    ("Adadelta", adadelta, {}),
    ("Adafactor", adafactor, {}),
    ("Adafactor", adafactor, {"beta_2_decay": -0.6, "clip_threshold": 0.5}),
    ("Ftrl", ftrl, {}),
    ("Ftrl", ftrl, {"learning_rate_power": -0.3, "l1_regularization_strength": 0.3, "l2_regularization_strength": 0.2,
                    "l2_shrinkage_regularization_strength": 0.1, "beta": 0.5}),
    ("Lion", lion, {}),
    ("Lamb", lamb, {}),
]
