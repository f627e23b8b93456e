"""torchvision works whether or not its compiled operators fit the torch that is there."""

import importlib

import torch

from album_models import vision


def overlap(first: torch.Tensor, second: torch.Tensor) -> float:
    sides = (torch.minimum(first[2:], second[2:]) - torch.maximum(first[:2], second[:2])).clamp(0)
    common = sides.prod()
    areas = [(box[2:] - box[:2]).prod() for box in (first, second)]
    return float(common / (sum(areas) - common))


def test_of_overlapping_boxes_the_best_stays() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]])
    kept = vision.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5)
    assert kept.tolist() == [1, 2]


def test_no_two_kept_boxes_overlap_and_each_other_one_overlaps_a_better() -> None:
    torch.manual_seed(3)
    corners = torch.rand(200, 2) * 100
    boxes = torch.cat([corners, corners + 5 + torch.rand(200, 2) * 30], 1)
    scores = torch.rand(200)
    kept = vision.nms(boxes, scores, 0.4).tolist()
    assert scores[kept].tolist() == sorted(scores[kept].tolist(), reverse=True)
    for number in range(200):
        rivals = [k for k in kept if k != number and scores[k] > scores[number]]
        covered = any(overlap(boxes[k], boxes[number]) > 0.4 for k in rivals)
        assert covered != (number in kept)


def test_no_boxes_no_answer() -> None:
    assert vision.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).tolist() == []


def test_torchvision_finds_its_operator() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9]])
    assert torch.ops.torchvision.nms(boxes, torch.tensor([0.5, 0.9]), 0.5).tolist() == [1]


def test_its_networks_run() -> None:
    network = (
        importlib.import_module("torchvision.models")
        .get_model("mobilenet_v3_small", weights=None)
        .eval()
    )
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)
