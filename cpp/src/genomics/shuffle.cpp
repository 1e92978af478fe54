#include "genomics/shuffle.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "genomics/random_stream.h"

namespace genodl::genomics {
namespace {

// A sequence is a walk over its (k-1)-mers, each k-mer one edge; its shuffles are the Euler trails of
// that multigraph. A trail is fixed by the last exit of every vertex, which form a tree towards the
// last vertex, and by the order of the other exits. All trees allow equally many orders, so a uniform
// tree (Wilson 1996: loop-erased random walks) and uniform orders make a uniform trail.
class TrailShuffler {
 public:
  explicit TrailShuffler(int k) : k_(k) {}

  // Shuffles n codes of A, C, G, T in place.
  void shuffle(code_t* codes, index_t n, RandomStream& random) {
    if (k_ == 1) {
      shuffle_range(codes, n, random);
      return;
    }
    if (n <= k_) return;
    read_walk(codes, n);
    build_edges();
    draw_last_exits(random);
    order_exits(random);
    write_trail(codes, n);
  }

 private:
  template <class T>
  static void shuffle_range(T* items, index_t n, RandomStream& random) {
    for (index_t i = n - 1; i > 0; --i) std::swap(items[i], items[random.below(i + 1)]);
  }

  // walk_: the vertex at each position. Vertices are (k-1)-mers, renumbered when there could be many.
  void read_walk(const code_t* codes, index_t n) {
    const int width = k_ - 1;
    const std::uint64_t keep = (std::uint64_t{1} << (2 * width)) - 1;
    walk_.resize(n - width + 1);
    std::uint64_t word = 0;
    for (index_t i = 0; i < n; ++i) {
      word = (word << 2 | kBaseOfCode[codes[i]]) & keep;
      if (i >= width - 1) walk_[i - width + 1] = static_cast<index_t>(word);
    }
    if (width <= kDenseWidth) {
      vertices_ = index_t{1} << (2 * width);
      last_base_.resize(vertices_);
      for (index_t v = 0; v < vertices_; ++v) last_base_[v] = v & 3;
      return;
    }
    words_ = walk_;
    std::sort(words_.begin(), words_.end());
    words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    vertices_ = static_cast<index_t>(words_.size());
    last_base_.resize(vertices_);
    for (index_t v = 0; v < vertices_; ++v) last_base_[v] = words_[v] & 3;
    for (index_t& v : walk_) v = std::lower_bound(words_.begin(), words_.end(), v) - words_.begin();
  }

  // exits_ of vertex v: [first_[v], first_[v + 1]), each the vertex it leads to.
  void build_edges() {
    const index_t edges = static_cast<index_t>(walk_.size()) - 1;
    first_.assign(vertices_ + 1, 0);
    for (index_t e = 0; e < edges; ++e) ++first_[walk_[e] + 1];
    for (index_t v = 0; v < vertices_; ++v) first_[v + 1] += first_[v];
    next_.assign(first_.begin(), first_.end() - 1);
    exits_.resize(edges);
    for (index_t e = 0; e < edges; ++e) exits_[next_[walk_[e]]++] = walk_[e + 1];
  }

  // next_[v]: the exit by which v is left for the last time. The walk from any vertex reaches the
  // root, because the given sequence does.
  void draw_last_exits(RandomStream& random) {
    const index_t root = walk_.back();
    in_tree_.assign(vertices_, 0);
    in_tree_[root] = 1;
    for (index_t start : walk_) {
      for (index_t v = start; !in_tree_[v]; v = exits_[next_[v]])
        next_[v] = first_[v] + random.below(first_[v + 1] - first_[v]);
      for (index_t v = start; !in_tree_[v]; v = exits_[next_[v]]) in_tree_[v] = 1;
    }
  }

  void order_exits(RandomStream& random) {
    const index_t root = walk_.back();
    for (index_t v = 0; v < vertices_; ++v) {
      index_t free = first_[v + 1] - first_[v];
      if (free == 0) continue;
      if (v != root) std::swap(exits_[next_[v]], exits_[first_[v] + --free]);
      shuffle_range(exits_.data() + first_[v], free, random);
    }
  }

  void write_trail(code_t* codes, index_t n) {
    std::copy(first_.begin(), first_.end() - 1, next_.begin());
    index_t v = walk_.front();
    for (index_t i = k_ - 1; i < n; ++i) {
      v = exits_[next_[v]++];
      codes[i] = static_cast<code_t>(1 << last_base_[v]);
    }
  }

  static constexpr int kDenseWidth = 3;

  int k_;
  index_t vertices_ = 0;
  std::vector<index_t> walk_, words_, first_, next_, exits_;
  std::vector<unsigned char> last_base_, in_tree_;
};

void shuffle_record(TrailShuffler& shuffler, code_t* codes, const bool* fixed, index_t n, RandomStream& random) {
  auto plain = [&](index_t i) { return kBaseOfCode[codes[i]] != kAmbiguous && !(fixed && fixed[i]); };
  for (index_t i = 0; i < n;) {
    if (!plain(i)) {
      ++i;
      continue;
    }
    index_t end = i + 1;
    while (end < n && plain(end)) ++end;
    shuffler.shuffle(codes + i, end - i, random);
    i = end;
  }
}

}  // namespace

void shuffle(const Records& x, const bool* fixed, int k, std::uint64_t seed, index_t copies, code_t* out) {
  const auto cuts = record_blocks(x, 1 << 13);
  parallel_for(static_cast<index_t>(cuts.size()) - 1, [&](index_t block, int) {
    TrailShuffler shuffler(k);
    for (index_t r = cuts[block]; r < cuts[block + 1]; ++r) {
      const index_t n = x.length(r);
      for (index_t c = 0; c < copies; ++c) {
        code_t* row = out + x.offsets[r] * copies + c * n;
        std::copy(x.begin(r), x.begin(r) + n, row);
        RandomStream random(seed, static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(c));
        shuffle_record(shuffler, row, fixed ? fixed + x.offsets[r] : nullptr, n, random);
      }
    }
  });
}

}  // namespace genodl::genomics
