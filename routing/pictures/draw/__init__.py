"""A topology drawn: exchanges, queues, and what leads from one to another.

A source comes in, and perhaps a message; a picture as data is made of it once, and each form is
written from that alone.

    picture   what is to be drawn, as data
    marked    what some RabbitMQ does not take, or what is not decided
    lit       the way of one message
    drawn     the picture of a source
    around    the part of a picture that has to do with one name
    grouped   a large picture, its queues counted
    lines     a text on several lines
    told      a picture in lines of text
    layers    boxes, labels and arrows in layers, with few crossings
    layout    where everything stands
    svg       as an image
    html      as a page
    mermaid   as GitHub draws it
    dot       as Graphviz draws it
    written   as JSON
    screen    for people
    command   draw
"""
