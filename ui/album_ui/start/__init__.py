"""The first start: which folder?"""
