"""A DICOM series is read whole and where it lies, or refused in one sentence that names the file."""

import shutil

import imagecodecs
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from alseg_datasets.images import read_volume
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    CTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MediaStorageDirectoryStorage,
    RLELossless,
    SegmentationStorage,
    generate_uid,
)

from alcore import AlsegError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")

IMAGE = np.random.default_rng(0).integers(0, 900, (6, 5, 4)).astype(np.uint16)
STEP = 2.5


def one_file(path, pixels, **fields):
    """Write a CT slice or a multi-frame file; fields of None are left out."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = fields.get("SOPClassUID", CTImageStorage)
    meta.MediaStorageSOPInstanceUID = fields.get("SOPInstanceUID") or generate_uid()
    meta.TransferSyntaxUID = fields.pop("syntax", ExplicitVRLittleEndian)
    little = meta.TransferSyntaxUID != ExplicitVRBigEndian
    implicit = meta.TransferSyntaxUID == ImplicitVRLittleEndian
    dataset = FileDataset(None, {}, b"\0" * 128, meta, is_implicit_VR=implicit, is_little_endian=little)
    usual = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": meta.MediaStorageSOPInstanceUID,
        "SeriesInstanceUID": "1.2.3",
        "Modality": "CT",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.9, 0.7],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": pixels.shape[-2],
        "Columns": pixels.shape[-1],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        "PixelData": pixels.astype(pixels.dtype.newbyteorder("<" if little else ">")).tobytes(),
    }
    for name, value in (usual | fields).items():
        if value is not None:
            setattr(dataset, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def series(folder, image=IMAGE, steps=None, **per_slice):
    """Write a series; a list among ``per_slice`` has a value for each slice, anything else is of all."""
    files = []
    for number, pixels in enumerate(image):
        fields = {"ImagePositionPatient": [1, 2, 3 + (STEP * number if steps is None else steps[number])]}
        fields |= {name: value[number] if isinstance(value, list) else value for name, value in per_slice.items()}
        files.append(one_file(folder / f"IM{len(image) - number:03}.dcm", pixels, **fields))
    return files


def refused(path, *sentences):
    with pytest.raises(AlsegError) as caught:
        read_volume(path)
    for sentence in sentences:
        assert sentence in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value


def edit(file, **fields):
    dataset = pydicom.dcmread(file)
    for name, value in fields.items():
        setattr(dataset, name, value)
    dataset.save_as(file)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_series_is_what_itk_reads(tmp_path, syntax):
    series(tmp_path / "ct", syntax=syntax)
    read = read_volume(tmp_path / "ct")
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "ct"))
    itk = sitk.ReadImage(names)
    np.testing.assert_array_equal(read.voxels[0], sitk.GetArrayFromImage(itk))
    np.testing.assert_array_equal(read.voxels[0], IMAGE)
    assert read.voxels.dtype == np.uint16
    assert read.spacing == pytest.approx(itk.GetSpacing())
    assert read.origin == pytest.approx(itk.GetOrigin())
    np.testing.assert_allclose(read.direction.ravel(), itk.GetDirection(), atol=1e-12)
    assert read.warnings == ()


def test_an_oblique_series_lies_where_itk_says(tmp_path):
    row, column = np.array([0.8, 0.6, 0.0]), np.array([0.0, 0.0, -1.0])
    normal = np.cross(row, column)
    places = [list(np.array([10, -20, 30]) - 3.0 * number * normal) for number in range(6)]
    series(tmp_path / "ct", ImageOrientationPatient=list(map(list, [[*row, *column]] * 6)), ImagePositionPatient=places)
    read = read_volume(tmp_path / "ct")
    itk = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "ct")))
    np.testing.assert_array_equal(read.voxels[0], sitk.GetArrayFromImage(itk))
    assert (read.spacing, read.origin) == (pytest.approx(itk.GetSpacing()), pytest.approx(itk.GetOrigin()))
    np.testing.assert_allclose(read.direction.ravel(), itk.GetDirection(), atol=1e-6)


def test_each_slice_has_its_own_slope_intercept_and_sign(tmp_path):
    slopes = [1, 0.5, 0.37, 0.25, 1.7, 0.1]
    signed = IMAGE.astype(np.int16) - 500
    stack = [IMAGE[number] if number % 2 else signed[number] for number in range(6)]
    series(tmp_path / "ct", stack, RescaleSlope=slopes, RescaleIntercept=[-1024, 0, 0, 3.5, 0, 0])
    expected = [pixels * slope for pixels, slope in zip(stack, slopes, strict=True)]
    expected[0], expected[3] = expected[0] - 1024, expected[3] + 3.5
    read = read_volume(tmp_path / "ct")
    assert read.voxels.dtype == np.float32
    np.testing.assert_allclose(read.voxels[0], expected, rtol=1e-6)


def test_whole_slopes_and_intercepts_give_integers_that_hold_every_slice(tmp_path):
    series(tmp_path / "ct", RescaleSlope=[1, 1, 1, 1, 1, 2], RescaleIntercept=-1024, BitsStored=12, HighBit=11)
    read = read_volume(tmp_path / "ct")
    assert read.voxels.dtype == np.int16
    np.testing.assert_array_equal(read.voxels[0, :5], IMAGE[:5].astype(int) - 1024)
    np.testing.assert_array_equal(read.voxels[0, 5], IMAGE[5].astype(int) * 2 - 1024)
    series(tmp_path / "large", np.full((3, 5, 4), 65535, np.uint16), RescaleIntercept=[0, 0, 1])
    assert read_volume(tmp_path / "large").voxels.max() == 65536


def test_bits_beside_the_stored_ones_do_not_count(tmp_path):
    overlay = (IMAGE | 0xF000).astype(np.uint16)
    series(tmp_path / "ct", overlay, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(read_volume(tmp_path / "ct").voxels[0], IMAGE)
    negative = (IMAGE.astype(np.int16) - 500).astype(np.int16)
    series(tmp_path / "signed", negative & 0x0FFF, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(read_volume(tmp_path / "signed").voxels[0], negative)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEGLosslessSV1, imagecodecs.ljpeg_encode),
        (JPEGLSLossless, imagecodecs.jpegls_encode),
        (JPEG2000Lossless, lambda pixels: imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", level=0)),
    ],
)
def test_packed_pixels_are_those_of_itk_and_truncated_ones_are_refused(tmp_path, syntax, encode):
    image = np.random.default_rng(0).integers(0, 900, (3, 32, 32)).astype(np.uint16)
    packed = [encapsulate([encode(pixels)]) for pixels in image]
    files = series(tmp_path / "ct", image, syntax=syntax, PixelData=packed, RescaleIntercept=-1024)
    read = read_volume(tmp_path / "ct")
    np.testing.assert_array_equal(read.voxels[0], image.astype(int) - 1024)
    itk = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "ct")))
    np.testing.assert_array_equal(read.voxels[0], sitk.GetArrayFromImage(itk))
    for bytes_lost in (12, 40, 900):
        whole = files[1].read_bytes()
        files[1].write_bytes(whole[:-bytes_lost])
        refused(tmp_path / "ct", files[1].name)
        files[1].write_bytes(whole)


def test_run_lengths_are_unpacked_and_truncated_ones_refused(tmp_path):
    files = series(tmp_path / "ct")
    for file in files:
        dataset = pydicom.dcmread(file)
        dataset.compress(RLELossless)
        dataset.save_as(file)
    np.testing.assert_array_equal(read_volume(tmp_path / "ct").voxels[0], IMAGE)
    files[1].write_bytes(files[1].read_bytes()[:-20])
    refused(tmp_path / "ct", files[1].name)


def test_a_packing_that_is_not_read_is_named(tmp_path):
    series(tmp_path / "ct", syntax="1.2.840.10008.1.2.4.100", PixelData=encapsulate([b"\0" * 40]))
    refused(tmp_path / "ct", "is packed as MPEG2")


def test_one_slice_of_another_orientation_such_as_a_localizer_is_named(tmp_path):
    series(tmp_path / "ct")
    scout = tmp_path / "ct" / "scout.dcm"
    one_file(scout, IMAGE[0], ImageOrientationPatient=[0, 1, 0, 0, 0, -1], ImagePositionPatient=[50, -20, 30])
    refused(tmp_path / "ct", "scout.dcm differs in orientation")
    one_file(scout, IMAGE[0], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], ImagePositionPatient=[1, 2, 18])
    refused(tmp_path / "ct", "scout.dcm differs in kind")


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        ({"PixelSpacing": [0.9, 0.8]}, "differs in pixel spacing"),
        ({"Rows": 4, "Columns": 5}, "differs in size from the other slices of the series: 5x4, not 4x5"),
        ({"PhotometricInterpretation": "MONOCHROME1"}, "differs in kind"),
        ({"ImagePositionPatient": [1, 2, 3.0]}, "lie at the same place"),
        ({"SeriesInstanceUID": "1.2.4"}, "holds 2 DICOM series, not 1: 5 images from"),
        ({"ImagePositionPatient": None}, "does not tell its ImagePositionPatient"),
        ({"ImageOrientationPatient": None}, "does not tell its ImagePositionPatient"),
        ({"ImagePositionPatient": [1, 4, 10.5]}, "shifted against each other by up to 2 mm"),
        ({"RescaleSlope": 0}, "has the RescaleSlope 0"),
        ({"BitsAllocated": 12, "BitsStored": 12, "HighBit": 11}, "has 12 bits in 12"),
        ({"HighBit": 14}, "elsewhere in a pixel"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "PALETTE COLOR"),
        ({"Rows": None}, "without an image"),
        ({"PixelRepresentation": None}, "no usable DICOM header"),
        ({"BitsStored": 0, "HighBit": -1 % 2**16}, "has 0 bits in 16"),
        ({"PixelData": None}, "has no pixel data"),
        ({"PixelData": b"\0" * 20}, "is truncated: it has 20 of 40 bytes of pixel data"),
        ({"NumberOfFrames": 2}, "has 2 frames, but tells the places of 0"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "MOSAIC"]}, "as one mosaic"),
        ({"SOPClassUID": SegmentationStorage}, "is a DICOM segmentation"),
    ],
)
def test_one_odd_slice_is_refused_by_name(tmp_path, odd, sentence):
    series(tmp_path / "ct")
    file = tmp_path / "ct" / "IM003.dcm"
    one_file(file, IMAGE[3], **({"ImagePositionPatient": [1, 2, 3 + 3 * STEP]} | odd))
    refused(tmp_path / "ct", sentence, str(tmp_path / "ct"))


def test_a_missing_slice_is_refused_and_uneven_steps_are_told(tmp_path):
    series(tmp_path / "gap", IMAGE[[0, 1, 2, 4, 5]], [0, 2.5, 5, 10, 12.5])
    refused(tmp_path / "gap", "IM003.dcm and IM002.dcm are 5 mm apart", "2.5 mm: slices are missing")
    series(tmp_path / "uneven", IMAGE, [0, 2.5, 5, 8.0, 10, 12.5])
    read = read_volume(tmp_path / "uneven")
    assert read.warnings == ("slices are 2 to 3 mm apart; 2.5 mm are taken for all",)
    assert read.spacing[2] == 2.5
    series(tmp_path / "rounded", IMAGE, [0, 0.62, 1.25, 1.88, 2.5, 3.12])
    assert read_volume(tmp_path / "rounded").warnings == ()


def test_a_tilted_gantry_is_refused(tmp_path):
    tilt = np.tan(np.radians(12))
    series(tmp_path / "ct", ImagePositionPatient=[[1, 2 + STEP * tilt * k, STEP * k] for k in range(6)])
    assert "dcm2niix" in refused(tmp_path / "ct", "as by a tilted gantry").hint


def test_an_image_that_lies_there_twice_is_refused(tmp_path):
    files = series(tmp_path / "ct")
    shutil.copy(files[2], tmp_path / "ct" / "copy of it.dcm")
    refused(tmp_path / "ct", "IM004.dcm and copy of it.dcm are the same image")


@pytest.mark.parametrize("cut", [0, 3, 140, 400, -100, -1])
def test_a_truncated_file_is_named(tmp_path, cut):
    files = series(tmp_path / "ct", np.zeros((3, 16, 16), np.uint16))
    files[1].write_bytes(files[1].read_bytes()[:cut])
    refused(tmp_path / "ct", files[1].name)


@pytest.mark.parametrize("tag", [b"\x08\x00\x16\x00UI", b"\x28\x00\x04\x00CS", b"\x28\x00\x30\x00DS"])
def test_a_kind_of_value_that_does_not_exist_is_refused(tmp_path, tag):
    file = series(tmp_path)[1]
    content = file.read_bytes()
    assert tag in content
    file.write_bytes(content.replace(tag, tag[:4] + b"BS"))
    refused(tmp_path, file.name, "no usable DICOM header")


def test_other_files_of_a_folder_are_told_and_a_dicomdir_is_passed_over(tmp_path):
    series(tmp_path / "ct")
    (tmp_path / "ct" / "notes.txt").write_text("of the clinic")
    (tmp_path / "ct" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    one_file(tmp_path / "ct" / "DICOMDIR", IMAGE[0], SOPClassUID=MediaStorageDirectoryStorage)
    read = read_volume(tmp_path / "ct")
    assert read.warnings == ("left out, since it is no DICOM file: notes.txt",)
    np.testing.assert_array_equal(read.voxels[0], IMAGE)


def test_a_folder_of_other_images_is_not_taken_for_a_series(tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.nii.gz").write_bytes(b"\x1f\x8b")
    refused(tmp_path / "scans", "scans holds no DICOM file")


def test_files_without_a_preamble_are_read(tmp_path):
    for file in series(tmp_path / "ct", syntax=ImplicitVRLittleEndian):
        dataset = pydicom.dcmread(file)
        bare = Dataset({element.tag: element for element in dataset})
        bare.save_as(file, implicit_vr=True, little_endian=True, enforce_file_format=False)
        assert file.read_bytes()[128:132] != b"DICM"
    np.testing.assert_array_equal(read_volume(tmp_path / "ct").voxels[0], IMAGE)


def test_colours_are_channels_whichever_way_they_are_stored(tmp_path):
    colours = np.random.default_rng(0).integers(0, 255, (5, 4, 3)).astype(np.uint8)
    eight = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "Rows": 5, "Columns": 4, "SamplesPerPixel": 3}
    rgb = eight | {"PhotometricInterpretation": "RGB", "ImagePositionPatient": [0, 0, 0]}
    by_pixel = one_file(tmp_path / "a.dcm", colours, PlanarConfiguration=0, **rgb)
    by_plane = one_file(tmp_path / "b.dcm", colours.transpose(2, 0, 1), PlanarConfiguration=1, **rgb)
    for file in (by_pixel, by_plane):
        np.testing.assert_array_equal(read_volume(file).voxels[:, 0], colours.transpose(2, 0, 1))
    packed = encapsulate([imagecodecs.jpeg8_encode(colours)])
    one_file(
        tmp_path / "c.dcm",
        colours,
        syntax=JPEGBaseline8Bit,
        PixelData=packed,
        **(rgb | {"PhotometricInterpretation": "YBR_FULL"}),
    )
    refused(tmp_path / "c.dcm", "YBR_FULL with 3 samples")


def test_a_single_image_without_a_place_is_told(tmp_path):
    file = one_file(tmp_path / "x.dcm", IMAGE[0], ImageOrientationPatient=None, PixelSpacing=None)
    read = read_volume(file)
    assert read.voxels.shape == (1, 1, 5, 4)
    assert read.warnings == (
        "the file has no pixel spacing: it is taken to be 1 mm",
        "the file does not tell where the image lies",
    )
    edit(file, PhotometricInterpretation="MONOCHROME1")
    assert "MONOCHROME1: low values are the bright ones" in read_volume(file).warnings


def test_more_pixel_data_than_the_header_says_are_told(tmp_path):
    series(tmp_path / "ct", PixelData=[IMAGE[k].tobytes() + (b"\0" * 6 if k == 2 else b"") for k in range(6)])
    read = read_volume(tmp_path / "ct")
    assert read.warnings == ("a file has 6 bytes more pixel data than its header says",)
    np.testing.assert_array_equal(read.voxels[0], IMAGE)


def enhanced(path, frames, places, slopes, **fields):
    """Write a multi-frame file whose frames tell their own places and slopes."""
    per_frame = []
    for place, slope in zip(places, slopes, strict=True):
        position, values, frame = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, place]
        values.RescaleSlope, values.RescaleIntercept = slope, 1
        frame.PlanePositionSequence, frame.PixelValueTransformationSequence = [position], [values]
        per_frame.append(frame)
    orientation, measures, shared = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SliceThickness = [0.9, 0.7], 2
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    groups = {"SharedFunctionalGroupsSequence": [shared], "PerFrameFunctionalGroupsSequence": per_frame}
    usual = {"PixelSpacing": None, "ImageOrientationPatient": None, "SOPClassUID": EnhancedMRImageStorage}
    return one_file(path, frames, NumberOfFrames=len(frames), **(usual | groups | fields))


def test_an_enhanced_file_is_read_frame_by_frame(tmp_path):
    file = enhanced(tmp_path / "mr.dcm", IMAGE, [9, 6, 3, 0, 12, 15], [1, 2, 3, 4, 5, 6])
    read = read_volume(file)
    order, slopes = [3, 2, 1, 0, 4, 5], np.array([4, 3, 2, 1, 5, 6])
    np.testing.assert_array_equal(read.voxels[0], IMAGE[order].astype(int) * slopes[:, None, None] + 1)
    assert (read.spacing, read.origin) == ((0.7, 0.9, 3.0), (0.0, 0.0, 0.0))
    shutil.copy(file, tmp_path / "copy.dcm")
    enhanced(file, IMAGE, [0, 0, 3, 3, 6, 6], [1] * 6)
    refused(file, "mr.dcm (frame 1) and mr.dcm (frame 2) lie at the same place")
    enhanced(file, IMAGE, [0, 3, 6, 9, 12, 15], [1] * 6, PixelData=IMAGE.tobytes()[:-2])
    refused(file, "is truncated: it has 238 of 240 bytes")


def test_a_header_that_claims_gigabytes_is_refused_before_memory_is_taken(tmp_path):
    series(tmp_path / "ct", Rows=40000, Columns=40000)
    refused(tmp_path / "ct", "claims 17.9 GiB in a file of")


def test_values_that_are_no_numbers_are_refused(tmp_path):
    file = one_file(tmp_path / "x.dcm", IMAGE[0], ImagePositionPatient=[0, 0, 0], RescaleSlope=1)
    raw = file.read_bytes()
    assert raw.count(b"DS\x04\x000.9\\") == 0
    file.write_bytes(raw.replace(b"0.9\\0.7 ", b"0.9\\abc "))
    refused(file, "no usable DICOM header")
