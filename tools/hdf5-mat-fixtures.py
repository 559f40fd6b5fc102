"""Writes MAT files of version 7.3 as MATLAB lays them out, for tests: python3 tools/hdf5-mat-fixtures.py FOLDER. Takes h5py and numpy."""
import os
import sys

import h5py
import numpy as np

HEADER = b'MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Jan  1 00:00:00 2026 HDF5 schema 1.00 .'.ljust(116)
HEADER += bytes(8) + b'\x00\x02IM'
CLASSES = {'float64': 'double', 'float32': 'single', 'bool': 'logical'}


class Cell(list):
    """A cell array of one row."""


class Struct(dict):
    """A struct of one element; a list of dicts is a struct array of one row."""


class Mat:
    def __init__(self, path):
        self.path = path
        self.file = h5py.File(path, 'w', userblock_size=512)
        self.count = 0

    def save(self, **variables):
        for name, value in variables.items():
            self.put(self.file, name, value)
        self.file.close()
        with open(self.path, 'r+b') as file:
            file.write(HEADER)

    def put(self, group, name, value, **options):
        if isinstance(value, str):
            codes = np.array([[ord(letter)] for letter in value], dtype='<u2')
            self.dataset(group, name, codes, 'char', value == '', (0, 0), MATLAB_int_decode=np.int32(2))
        elif isinstance(value, Cell):
            self.dataset(group, name, self.references(value), 'cell', not value, (0, 0))
        elif isinstance(value, dict):
            inner = group.create_group(name)
            inner.attrs['MATLAB_class'] = np.bytes_('struct')
            for field, each in value.items():
                self.put(inner, field, each)
        elif isinstance(value, list):
            inner = group.create_group(name)
            inner.attrs['MATLAB_class'] = np.bytes_('struct')
            for field in value[0]:
                inner.create_dataset(field, data=self.references([each[field] for each in value]))
        else:
            kind = value.dtype.newbyteorder('=').name
            logical = {'MATLAB_int_decode': np.int32(1)} if kind == 'bool' else {}
            stored = value.astype('u1') if kind == 'bool' else value
            name_of_class = CLASSES.get(kind, kind)
            self.dataset(group, name, stored.T, name_of_class, value.size == 0, value.shape, **logical, **options)

    def dataset(self, group, name, data, kind, is_empty, shape, packed=False, **attributes):
        if is_empty:
            made = group.create_dataset(name, data=np.array(shape, dtype='<u8'))
            made.attrs['MATLAB_empty'] = np.uint8(1)
        elif packed:
            options = dict(chunks=(2, 2), shuffle=True, compression='gzip', compression_opts=3, fletcher32=True)
            made = group.create_dataset(name, data=data, dtype=data.dtype, **options)
        else:
            made = group.create_dataset(name, data=data)
        made.attrs['MATLAB_class'] = np.bytes_(kind)
        for key, value in attributes.items():
            made.attrs[key] = value

    def references(self, values):
        group = self.file.require_group('#refs#')
        found = []
        for value in values:
            name = chr(ord('a') + self.count % 26) * (1 + self.count // 26)
            self.count += 1
            self.put(group, name, value)
            group[name].attrs['H5PATH'] = np.bytes_(f'/#refs#/{name}')
            found.append([group[name].ref])
        return np.array(found, dtype=h5py.ref_dtype).reshape(len(found), 1)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    at = lambda name: Mat(os.path.join(folder, f'{name}.mat'))
    label_map = np.array([[1, 2, 2], [0, 2, 458]], dtype='<u2')
    at('label-map-plain').save(LabelMap=label_map)
    packed = at('label-map')
    packed.put(packed.file, 'LabelMap', label_map, packed=True)
    packed.save()
    at('gtcls').save(GTcls=Struct(Segmentation=np.array([[0, 15], [255, 1]], dtype='u1')))
    mask = lambda *rows: np.array(rows, dtype=bool)
    parts = [
        dict(part_name='head', mask=mask([1, 1, 0], [0, 0, 0])),
        dict(part_name='lhand', mask=mask([0, 1, 0], [0, 0, 0])),
    ]
    objects = [
        {'class': 'person', 'class_ind': np.array([[15.0]]), 'mask': mask([1, 1, 0], [0, 1, 0]), 'parts': parts},
        {'class': 'dog', 'class_ind': np.array([[12.0]]), 'mask': mask([0, 0, 0], [0, 0, 1]), 'parts': np.zeros((0, 0))},
    ]
    at('person-part').save(anno=Struct(imname='2008_1', objects=objects))
    at('seglabel').save(
        names=Cell(['wall', 'floor_mat', 'unicorn']), seglabel=np.array([[1, 2, 3], [0, 1, 1]], dtype='u1')
    )
    at('allsplit').save(
        alltrain=Cell(['/n/fs/sun3d/data/SUNRGBD/kv1/NYUdata/NYU0003', '/n/fs/sun3d/data/SUNRGBD/xtion/a/b/c']),
        alltest=Cell(['/n/fs/sun3d/data/SUNRGBD/kv2/k/0001/']),
    )
    kinds = at('kinds')
    for kind in ['f8', 'f4', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8']:
        for order, name in [('<', 'little'), ('>', 'big')]:
            kinds.put(kinds.file, f'{kind}_{name}', (label_map % 100).astype(f'{order}{kind}'))
    kinds.put(kinds.file, 'packed_big', label_map.astype('>u2'), packed=True)
    sparse = kinds.file.create_group('sparse')
    sparse.attrs['MATLAB_class'] = np.bytes_('double')
    sparse.attrs['MATLAB_sparse'] = np.uint64(5)
    sparse.create_dataset('jc', data=np.array([0, 0, 1, 1], dtype='<u8'))
    handle = kinds.file.create_group('handle')
    handle.attrs['MATLAB_class'] = np.bytes_('function_handle')
    made = kinds.file.create_dataset('object', data=np.array([[1, 2, 3]], dtype='<u4'))
    made.attrs['MATLAB_class'] = np.bytes_('string')
    made.attrs['MATLAB_object_decode'] = np.int32(3)
    made = kinds.file.create_dataset('complex', data=np.array([[1 + 2j]]))
    made.attrs['MATLAB_class'] = np.bytes_('double')
    kinds.file.create_dataset('plain', data=label_map)
    kinds.save(
        logical=mask([1, 0, 1]),
        text='wall ä',
        no_text='',
        no_cells=Cell(),
        no_numbers=np.zeros((0, 3), dtype='u1'),
        cube=np.arange(24, dtype='u1').reshape(2, 3, 4),
        nested=Cell([Cell(['deep', np.array([[7.0]])]), Struct(a='one', b=Cell())]),
        list=[dict(x='first'), dict(x=Struct(y=np.array([[1, 2]], dtype='i2')))],
    )


main(sys.argv[1])
