# coding: utf-8
# A line with letters that are not ASCII: the test keeps this file in several encodings and with Windows line ends.
import _truth


def wait_here(text):
    _truth.block()


def announce():
    text = u"ÄÖÜ"; wait_here(u"äöü" + text); return None


_truth.watch()
announce()
