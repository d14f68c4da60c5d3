// Docker and Podman profile: `docker run --security-opt seccomp=FILE`. Has archMap where OCI has
// architectures (both would be refused), and a comment for each rule.
// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"
#include "policy/libseccomp_json.hpp"

#include <nlohmann/json.hpp>

namespace harness::policy {

namespace {

Result<std::string> write_docker(const Policy& policy, std::size_t phase) {
  Json json;
  put_action(json, policy.default_action, "defaultAction", "defaultErrnoRet");
  json["archMap"] = Json::array(
      {{{"architecture", libseccomp_arch(policy.native)}, {"subArchitectures", Json::array()}}});
  json["syscalls"] = rules_json(policy, policy.phases.at(phase), true);
  return json.dump(2) + "\n"; // its comments are printable
}

Result<bpf::FilterSpec> read_docker(std::string_view text) {
  return read_libseccomp_json(text, true);
}

Format docker_like_oci() {
  Format format = oci_format; // the same runtimes load it
  format.name = "docker";
  format.summary = "Docker and Podman: --security-opt seccomp=FILE";
  format.file = "docker.json";
  format.write = write_docker;
  format.read = read_docker;
  format.use = "docker run --security-opt no-new-privileges --security-opt seccomp=FILE ...";
  return format;
}

} // namespace

const Format docker_format = docker_like_oci();

} // namespace harness::policy
