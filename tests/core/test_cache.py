from asxos.core.cache import Answer, MemoryCache

JSON = [(b"content-type", b"application/json")]
ANSWER = Answer.of(b"{}", JSON)


def test_an_answer_is_kept_until_its_tag_is_dropped() -> None:
    cache = MemoryCache()
    cache.put(b"/a", "signals", 0, ANSWER)
    assert cache.get(b"/a") is ANSWER
    cache.drop("prices")
    assert cache.get(b"/a") is ANSWER
    cache.drop("signals")
    assert cache.get(b"/a") is None


def test_what_was_read_before_a_drop_is_not_stored_after_it() -> None:
    cache = MemoryCache()
    generation = cache.generation("signals")
    cache.drop("signals")
    cache.put(b"/a", "signals", generation, ANSWER)
    assert cache.get(b"/a") is None


def test_an_answer_never_outlives_its_time_to_live() -> None:
    cache = MemoryCache(ttl=0)
    cache.put(b"/a", "signals", 0, ANSWER)
    assert cache.get(b"/a") is None


def test_equal_bodies_have_equal_tags_and_only_large_ones_are_compressed() -> None:
    assert Answer.of(b"{}", []).etag == ANSWER.etag != Answer.of(b"[]", []).etag
    assert ANSWER.gzipped is None
    large = Answer.of(b"a" * 5_000, JSON).gzipped
    assert large is not None
    assert len(large.body["body"]) in range(1, 200)
