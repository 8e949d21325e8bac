# %% [markdown]
# ## What is installed

# %%
from alcore import open_run, open_store, run, strategies

print(strategies())

# %% [markdown]
# The options of one, as `alseg plugins show entropy` prints them:

# %%
for name, meaning in strategies().options("entropy").items():
    print(f"{name}: {meaning}")

# %% [markdown]
# ## The data
#
# A synthetic data set is converted on first use. `open_store` takes the name of a data set, of a store, or a path.

# %%
with open_store("phantom", options={"scans": 6}) as store:
    print(store.info.dataset, "synthetic" if store.info.synthetic else "measured", len(store.scans.ids), "scans")
    image, label = store.read_image(0, 3), store.read_label(0, 3)
print(image.shape, label.shape)

# %% [markdown]
# ## A run
#
# The arguments are those of `alseg run`; options of a component are given as in a configuration file. In a notebook the
# progress is a pair of bars. This is far too small to say anything; leave out all but the first two lines for the demo.

# %%
small = {"rounds": 2, "budget": 4, "initial": 4, "epochs": 2, "model": {"features": 4, "levels": 2}, "trackers": {}}
common = {"dataset": {"name": "phantom", "scans": 6}, "protocol": "demo", **small}
entropy = run(strategy={"name": "entropy", "one_per_scan": False}, **common)
random = run(strategy="random", **common)

# %% [markdown]
# ## The learning curve
#
# A pandas table with a row per round; in a notebook, the run itself shows as one.

# %%
print(entropy.curve()[["labelled", "mean"]])

# %%
both = entropy.curve()[["labelled", "mean"]].join(random.curve()["mean"], rsuffix=" random")
print(both)

# %% [markdown]
# ## What was selected

# %%
selections = entropy.selections()
print(selections.groupby(["round", "scan"]).size().unstack(fill_value=0))

# %% [markdown]
# ## Later
#
# A run stays on disk. `open_run` reads it while it goes on or when it is done, and `alcore.resume` goes on with one
# that was stopped.

# %%
again = open_run(entropy.path)
print(again, again.config["strategy"], again.environment["components"]["strategy"]["distribution"])
