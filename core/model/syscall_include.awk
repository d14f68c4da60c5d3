# Turns syscalls.txt, syscall_notes.txt and syscall_families.txt (in this order) into the C++ include
# of syscall_table.cpp. Plain awk: it must run on a bare machine. Order and uniqueness are checked by
# the static_asserts there; here, whatever would make wrong C++ or lose a line.
# SPDX-License-Identifier: Apache-2.0

function fail(what) {
  printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
  failed = 1
  exit 1
}

function number_for(column, arch) {
  if (column == "-") return
  if (column !~ /^[0-9]+$/) fail("a number or - expected, not " column)
  numbers[arch] = numbers[arch] sprintf("    {\"%s\", %s},\n", $1, column)
}

FNR == 1 { file++ }
/^#/ || NF == 0 { next }

file == 1 {
  if (NF != 5) fail("a name and four numbers expected")
  known[$1] = 1
  number_for($2, "x86_64")
  number_for($3, "i386")
  number_for($4, "aarch64")
  number_for($5, "x32")
}

file == 2 {
  if (!($1 in known)) fail("a note on " $1 ", which syscalls.txt does not list")
  order[++notes] = $1
  if ($2 == "=") {
    if (NF != 3) fail("NAME = OTHER expected")
    same_as[$1] = $3
    next
  }
  if (NF < 3) fail("a name, a category, a risk and a reason expected")
  if ($2 !~ /^(file|network|process|memory|signal|time|ipc|security|system|other)$/)
    fail("no such category: " $2)
  if ($3 !~ /^(low|medium|high|critical)$/) fail("no such risk: " $3)
  if (($3 == "low") != (NF == 3)) fail("a reason belongs to every risk but low")
  reason = $0
  sub(/^[^ ]+ +[^ ]+ +[^ ]+ */, "", reason)
  gsub(/"/, "\\\"", reason)
  judged[$1] = sprintf("Category::%s, Risk::%s, \"%s\"", $2, $3, reason)
}

file == 3 {
  families++
  list = ""
  for (i = 1; i <= NF; i++) {
    if (!($i in known)) fail("a family with " $i ", which syscalls.txt does not list")
    if ($i in family) fail($i " is in a second family")
    family[$i] = families
    list = list sprintf("%s\"%s\"", i == 1 ? "" : ", ", $i)
  }
  printf "constexpr std::string_view family_%d[] = {%s};\n", families, list
}

END {
  if (failed) exit 1
  split("x86_64 i386 aarch64 x32", archs, " ")
  for (a = 1; a <= 4; a++)
    printf "constexpr SyscallName %s_calls[] = {\n%s};\n", archs[a], numbers[archs[a]]
  print "constexpr SyscallNote notes[] = {"
  for (n = 1; n <= notes; n++) {
    name = order[n]
    source = (name in same_as) ? same_as[name] : name
    if (!(source in judged)) {
      printf "the note on %s is as that on %s, which has none\n", name, source > "/dev/stderr"
      exit 1
    }
    printf "    {\"%s\", %s},\n", name, judged[source]
  }
  print "};"
  print "constexpr FamilyMember family_members[] = {"
  for (n = 1; n <= notes; n++)
    if (order[n] in family) printf "    {\"%s\", family_%d},\n", order[n], family[order[n]]
  print "};"
}
