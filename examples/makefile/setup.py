from setuptools import setup

setup(
    name="myproject",
    version="1.0",
    python_requires=">=3.9",
    py_modules=["mymodule"],
    packages=["myproject"],
    install_requires=["humanize"],
)
