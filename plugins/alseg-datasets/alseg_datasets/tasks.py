"""The ten tasks of the Medical Segmentation Decathlon. Light: imported for listings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One task; the numbers tell it from the others.

    Args:
        name: short name.
        folder: name of its official folder.
        target: name of its class in ``alseg_datasets.decathlon``.
        n_channels: modalities of its images.
        n_classes: its classes, background included.
        summary: one line for listings.
    """

    name: str
    folder: str
    target: str
    n_channels: int
    n_classes: int
    summary: str


TASKS = (
    Task(
        "brain-tumour", "Task01_BrainTumour", "BrainTumour", 4, 4, "Gliomas in four MRI sequences (Decathlon task 1)."
    ),
    Task("heart", "Task02_Heart", "Heart", 1, 2, "Left atrium in MRI (Decathlon task 2)."),
    Task("liver", "Task03_Liver", "Liver", 1, 3, "Liver and its tumours in CT (Decathlon task 3)."),
    Task(
        "hippocampus", "Task04_Hippocampus", "Hippocampus", 1, 3, "Parts of the hippocampus in MRI (Decathlon task 4)."
    ),
    Task("prostate", "Task05_Prostate", "Prostate", 2, 3, "Prostate zones in two MRI sequences (Decathlon task 5)."),
    Task("lung", "Task06_Lung", "Lung", 1, 2, "Lung tumours in CT (Decathlon task 6)."),
    Task("pancreas", "Task07_Pancreas", "Pancreas", 1, 3, "Pancreas and its tumours in CT (Decathlon task 7)."),
    Task(
        "hepatic-vessel",
        "Task08_HepaticVessel",
        "HepaticVessel",
        1,
        3,
        "Liver vessels, tumours in CT (Decathlon task 8).",
    ),
    Task("spleen", "Task09_Spleen", "Spleen", 1, 2, "Spleen in CT (Decathlon task 9)."),
    Task("colon", "Task10_Colon", "Colon", 1, 2, "Colon cancer in CT (Decathlon task 10)."),
)
