"""docker-compose.yml: what can be checked without a Docker engine."""

import re
import shutil
import subprocess

import pytest

from setup.settings import CHECKOUT

yaml = pytest.importorskip("yaml")

ONE_SHOT = {"init"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def client():
    """The Docker client's compose command, as a plugin or as a program of its own."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], capture_output=True).returncode
        ):
            return command
    return None


@pytest.mark.parametrize("profile", [[], ["--profile", "scale"]])
def test_the_client_accepts_the_file(profile):
    command = client()
    if not command:
        pytest.skip("this machine has no docker compose")
    checked = [*command, *profile, "config", "--quiet"]
    done = subprocess.run(checked, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_secret_is_in_the_file_nor_in_git(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert name.endswith("_FILE") and value.startswith("/run/secrets/")
    for secret in compose["secrets"].values():
        assert secret["file"].startswith("./docker/secrets/")
        ignored = subprocess.run(["git", "check-ignore", "--quiet", secret["file"]], cwd=CHECKOUT)
        assert ignored.returncode == 0


def test_every_lasting_service_is_watched(compose):
    unwatched = {
        name for name, service in compose["services"].items() if "healthcheck" not in service
    }
    assert unwatched == ONE_SHOT


def test_every_image_has_a_version(compose):
    for service in compose["services"].values():
        assert re.search(r":v?\d+(\.\d+)?$", service["image"])


def test_every_named_volume_and_secret_is_declared_and_used(compose):
    mounted = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
    }
    assert {name for name in mounted if name[0] != "."} == set(compose["volumes"])
    for path in (name for name in mounted if name[0] == "."):
        assert (CHECKOUT / path).exists()
    used = {
        secret for service in compose["services"].values() for secret in service.get("secrets", [])
    }
    assert used == set(compose["secrets"])


def test_the_servers_of_the_profile_share_database_and_files(compose):
    one, many = compose["services"]["odoo"], compose["services"]["web"]
    assert many["profiles"] == ["scale"] and many["deploy"]["replicas"]
    assert one["volumes"] == many["volumes"] and one["environment"] == many["environment"]
    assert "--proxy-mode" in many["command"] and "--max-cron-threads=0" in many["command"]


def test_every_port_is_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_the_proxy_sends_the_bus_to_its_own_port():
    conf = (CHECKOUT / "docker" / "nginx.conf").read_text()
    assert re.search(r"location /websocket \{\s+proxy_pass http://odoo_bus;", conf)
    assert re.search(r"upstream odoo_bus \{[^}]*server web:8072 resolve;", conf)
    assert conf.count("{") == conf.count("}")


def test_the_image_gets_the_locked_addons():
    lock = (CHECKOUT / "requirements" / "suite.txt").read_text()
    assert re.search(r"^odoo-addon-base_tier_validation==19\.0\.", lock, re.M)
    assert "grep '^odoo-addon-' /tmp/suite.txt" in (CHECKOUT / "docker" / "Dockerfile").read_text()


def test_the_script_of_the_image_is_a_valid_one():
    subprocess.run(["bash", "-n", CHECKOUT / "docker" / "init-suite"], check=True)
